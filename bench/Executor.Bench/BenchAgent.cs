using Executor.Core.Ports;
using Executor.Libprocess;

namespace Executor.Bench;

/// <summary>A local agent whose work directory goes with it.</summary>
internal sealed class BenchAgent : IAsyncDisposable
{
    private readonly string _work;
    private readonly Task _reading;

    /// <param name="happened">Called for one event after the other.</param>
    public BenchAgent(LocalAgentOptions options, IProcessLauncher launcher, Action<AgentEvent> happened)
    {
        _work = options.WorkDirectory;
        Agent = new LocalAgent(options, launcher, TimeProvider.System);
        Agent.Start();
        _reading = ReadAsync(happened);
    }

    public LocalAgent Agent { get; }

    /// <summary>Kills what runs.</summary>
    public async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        await _reading;
        Directory.Delete(_work, recursive: true);
    }

    private async Task ReadAsync(Action<AgentEvent> happened)
    {
        await foreach (var one in Agent.Events.ReadAllAsync()) happened(one);
    }
}
