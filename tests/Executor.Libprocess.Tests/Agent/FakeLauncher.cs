using System.Threading.Channels;
using Executor.Core.Ports;

namespace Executor.Libprocess.Tests.Agent;

/// <summary>Launches nothing: hands out processes that end when a test says so, or at SIGKILL.</summary>
internal sealed class FakeLauncher : IProcessLauncher
{
    private int _nextPid = 1000;

    public Channel<FakeProcess> Launched { get; } = Channel.CreateUnbounded<FakeProcess>();

    public ProcessStartException? Failure { get; set; }

    public Task<ISupervisedProcess> LaunchAsync(ProcessDescription description, CancellationToken cancellationToken)
    {
        if (Failure is { } failure) return Task.FromException<ISupervisedProcess>(failure);
        var process = new FakeProcess(description, _nextPid++);
        Launched.Writer.TryWrite(process);
        return Task.FromResult<ISupervisedProcess>(process);
    }
}

internal sealed class FakeProcess(ProcessDescription description, int pid) : ISupervisedProcess
{
    private readonly TaskCompletionSource<ProcessExit> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ProcessDescription Description { get; } = description;

    public int Pid { get; } = pid;

    public Task<ProcessExit> LeaderExit => _exit.Task;

    public Task<ResourceUsage?> TreeEmpty => _exit.Task.ContinueWith(_ => (ResourceUsage?)null, TaskScheduler.Default);

    public bool Disposed { get; private set; }

    public void Exit(int code) => _exit.TrySetResult(new ProcessExit(code, null, CoreDumped: false));

    public void Signal(int signal)
    {
        if (signal == 9) _exit.TrySetResult(new ProcessExit(null, 9, CoreDumped: false));
    }

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return ValueTask.CompletedTask;
    }
}
