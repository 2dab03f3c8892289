using Executor.Core.Configuration;
using Executor.Core.Hooks;
using Mesos;
using NLog;
using Reason = Mesos.TaskStatus.Types.Reason;
using TaskStatus = Mesos.TaskStatus;

namespace Executor.Core.Lifecycle;

/// <summary>
/// Builds the statuses of one task. Each replaces the one before in agent and master, with everything in it, and
/// reconciliation tells only the last: what has to stay is therefore repeated in every one.
/// </summary>
public sealed class TaskReporter
{
    private readonly Logger _log;
    private readonly StatusReporter _reporter;
    private readonly AgentRelease _release;
    private readonly SecretMask _mask;
    private volatile TaskStatus _last;

    internal TaskReporter(StatusReporter reporter, TaskInfo task, AgentRelease release, SecretMask mask)
    {
        _log = TaskLogger.Get("status", task.TaskId.Value);
        _reporter = reporter;
        _mask = mask;
        _release = task.MaxCompletionTime is null ? release : release.Knowing(Reason.MaxCompletionTimeReached);
        _last = new TaskStatus { TaskId = task.TaskId };
        // Empty while nothing is known (ce:1152).
        if (task.Check is { } check) _last.CheckStatus = CheckStatuses.Unknown(check.Type);
    }

    /// <summary>The last state sent; null before the first. Any thread.</summary>
    public TaskState? State => _last is { HasState: true } last ? last.State : null;

    /// <summary>Whether the terminal status was sent. Any thread.</summary>
    public bool IsOver => State is { } state && TerminalState.IsTerminal(state);

    /// <summary>Sends one status.</summary>
    /// <param name="reason">Left out where the agent does not know it.</param>
    /// <param name="healthy">From now on; null changes nothing.</param>
    /// <param name="check">From now on; null changes nothing.</param>
    /// <param name="labels">From now on; null changes nothing.</param>
    public void Send(
        TaskState state, string? message = null, Reason? reason = null, bool? healthy = null,
        CheckStatusInfo? check = null, Labels? labels = null)
    {
        var last = _last;
        var status = new TaskStatus
        {
            TaskId = last.TaskId,
            State = state,
            CheckStatus = check ?? last.CheckStatus,
            Labels = labels ?? last.Labels,
        };
        if (healthy is { } given) status.Healthy = given;
        else if (last.HasHealthy) status.Healthy = last.Healthy;
        if (message is not null) status.Message = _mask.Apply(message);
        if (reason is { } known && _release.Knows(known)) status.Reason = known;
        _last = status;
        _log.Info("{0}{1}", ProtoNames.Of(state), message is null ? "" : $": {message}");
        _reporter.Send(status);
    }
}
