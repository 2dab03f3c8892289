using System.Text;
using Executor.Control.Output;
using Executor.Control.Reporting;
using Executor.Core.Lifecycle;
using Executor.Libprocess;
using Mesos;

namespace Executor.Control.Run;

/// <summary>
/// One run from the first launch to the last executor's exit: plays master and scheduler to a local agent and shows
/// what comes back.
/// </summary>
/// <remarks>
/// <see cref="RunAsync"/> is the only reader of the agent's events and the only owner of what is known of the tasks.
/// The other members only ask the agent, and may be called from any thread.
/// </remarks>
internal sealed class LocalRun
{
    private readonly LocalAgent _agent;
    private readonly IReadOnlyDictionary<string, Instance> _instances;
    private readonly RunReport _report;
    private readonly Dictionary<string, TaskState> _states = [];
    private volatile bool _endRequested;
    private volatile bool _killRequested;

    /// <param name="agent">Started by the caller, and disposed by it after the run.</param>
    public LocalRun(IReadOnlyList<Instance> instances, LocalAgent agent, RunReport report)
    {
        _instances = instances.ToDictionary(instance => instance.ExecutorId);
        _agent = agent;
        _report = report;
    }

    /// <summary>Gives all tasks to the agent; comes before every other member.</summary>
    public void Launch()
    {
        foreach (var instance in _instances.Values)
        {
            _report.Launch(instance);
            _agent.LaunchTask(instance.Task);
        }
    }

    /// <summary>Returns when all executors have exited.</summary>
    /// <returns>Whether every task finished, or was killed on request.</returns>
    public async Task<bool> RunAsync()
    {
        var running = _instances.Count;
        while (running > 0)
        {
            var happened = await _agent.Events.ReadAsync();
            Take(happened);
            if (happened is AgentEvent.ExecutorExited) running--;
        }

        return _instances.Values.All(EndedWell);
    }

    public void KillTasks()
    {
        _endRequested = _killRequested = true;
        foreach (var instance in _instances.Values) _agent.KillTask(instance.TaskId);
        _report.Add(new RunEvent("kill"));
    }

    public void ShutDownExecutors()
    {
        _endRequested = true;
        foreach (var instance in _instances.Values) _agent.ShutdownExecutor(instance.ExecutorId);
        _report.Add(new RunEvent("shutdown"));
    }

    /// <param name="downtime">How long the agent is away.</param>
    public Task RestartAgentAsync(TimeSpan downtime)
    {
        _report.Add(new RunEvent("restart"));
        return _agent.RestartAsync(downtime);
    }

    private void Take(AgentEvent happened)
    {
        switch (happened)
        {
            case AgentEvent.ExecutorRegistered registered:
                Add(registered.ExecutorId, new RunEvent("registered"));
                RepeatKill(registered.ExecutorId);
                break;
            case AgentEvent.ExecutorReregistered reregistered:
                Add(reregistered.ExecutorId, new RunEvent("reregistered"));
                RepeatKill(reregistered.ExecutorId);
                break;
            case AgentEvent.TaskUpdated updated:
                Take(updated.Status);
                break;
            case AgentEvent.FrameworkMessage message:
                Add(message.ExecutorId, new RunEvent("message") { Message = Encoding.UTF8.GetString(message.Data.Span) });
                break;
            case AgentEvent.ExecutorExited exited:
                Add(exited.ExecutorId, new RunEvent("exit") { Code = exited.Exit?.Code, Signal = exited.Exit?.Signal });
                break;
            case AgentEvent.Warning warning:
                _report.Add(new RunEvent("warning") { Message = warning.Text });
                break;
        }
    }

    /// <summary>A kill that came while the agent was away is lost; Marathon repeats its kills, too.</summary>
    private void RepeatKill(string executorId)
    {
        if (_killRequested) _agent.KillTask(_instances[executorId].TaskId);
    }

    private void Take(Mesos.TaskStatus status)
    {
        if (_instances.Values.FirstOrDefault(known => known.TaskId == status.TaskId.Value) is not { } instance) return;
        _states[instance.TaskId] = status.State;
        Add(instance.ExecutorId, new RunEvent("status")
        {
            State = ProtoNames.Of(status.State),
            Healthy = status.HasHealthy ? status.Healthy : null,
            Reason = status.HasReason ? ProtoNames.Of(status.Reason) : null,
            Message = status.HasMessage ? status.Message : null,
        });
    }

    private void Add(string executorId, RunEvent happened)
    {
        if (_instances.TryGetValue(executorId, out var instance)) _report.Add(instance, happened);
    }

    private bool EndedWell(Instance instance) => _states.GetValueOrDefault(instance.TaskId, TaskState.TaskLost) switch
    {
        TaskState.TaskFinished => true,
        TaskState.TaskKilled => _endRequested,
        _ => false,
    };
}
