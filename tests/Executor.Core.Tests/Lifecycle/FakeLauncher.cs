using System.Threading.Channels;
using Executor.Core.Ports;

namespace Executor.Core.Tests.Lifecycle;

/// <summary>Processes that live and end as the test says.</summary>
internal sealed class FakeLauncher : IProcessLauncher
{
    private readonly Channel<FakeProcess> _launched = Channel.CreateUnbounded<FakeProcess>();

    /// <summary>Launches fail with this.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Launches wait for this.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Launches hold their thread until then.</summary>
    public ManualResetEventSlim? Blocks { get; set; }

    /// <summary>How many were launched and not taken.</summary>
    public int Count => _launched.Reader.Count;

    public async Task<ISupervisedProcess> LaunchAsync(
        ProcessDescription description, CancellationToken cancellationToken)
    {
        Blocks?.Wait(CancellationToken.None);
        await Gate.WaitAsync(cancellationToken);
        if (Failure is not null) throw Failure;
        var process = new FakeProcess(description);
        _launched.Writer.TryWrite(process);
        return process;
    }

    public async Task<FakeProcess> Next(CancellationToken cancellationToken) =>
        await _launched.Reader.ReadAsync(cancellationToken);
}

internal sealed class FakeProcess(ProcessDescription description) : ISupervisedProcess
{
    private readonly TaskCompletionSource<ProcessExit> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ResourceUsage?> _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<int> _signals = Channel.CreateUnbounded<int>();

    public ProcessDescription Description => description;

    public int Pid => 42;

    public Task<ProcessExit> LeaderExit => _exit.Task;

    public Task<ResourceUsage?> TreeEmpty => _empty.Task;

    public int SignalsWaiting => _signals.Reader.Count;

    public void Signal(int signal) => _signals.Writer.TryWrite(signal);

    public TaskCompletionSource Disposed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ValueTask DisposeAsync()
    {
        Disposed.TrySetResult();
        return ValueTask.CompletedTask;
    }

    public async Task<int> NextSignal(CancellationToken cancellationToken) =>
        await _signals.Reader.ReadAsync(cancellationToken);

    public void ExitLeader(int? code, int? signal = null) => _exit.TrySetResult(new ProcessExit(code, signal, false));

    public void EmptyTree() => _empty.TrySetResult(null);

    public void Exit(int? code, int? signal = null)
    {
        ExitLeader(code, signal);
        EmptyTree();
    }
}
