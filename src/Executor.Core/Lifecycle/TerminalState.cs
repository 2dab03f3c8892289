using Executor.Core.Ports;
using Mesos;
using TaskStatus = Mesos.TaskStatus;

namespace Executor.Core.Lifecycle;

/// <summary>Who asked for a task's end.</summary>
public enum EndRequest
{
    /// <summary>Nobody: it ended by itself.</summary>
    None,

    /// <summary>The framework killed the task.</summary>
    Kill,

    /// <summary>The framework killed the task, and gives it no grace.</summary>
    Destroy,

    /// <summary>The executor has to go, and the task with it.</summary>
    Shutdown,

    /// <summary>The executor itself failed, and cannot go on.</summary>
    Failure,

    /// <summary>The task ran as long as it may.</summary>
    MaximumRunTime,

    /// <summary>Its health check failed as often in a row as it may.</summary>
    Unhealthy,

    /// <summary>A hook failed that the task cannot do without.</summary>
    HookFailed,

    /// <summary>Its certificate has to be replaced, which takes a new task.</summary>
    CertificateExpired,
}

/// <summary>Everything that decides a task's terminal status.</summary>
/// <param name="Asked">What was asked first, before the process ended.</param>
/// <param name="Why">One phrase about who asked.</param>
/// <param name="Exit">How the leader ended; null when it never ran.</param>
/// <param name="StartError">Why it could not be started; null when it was, or was never tried.</param>
/// <param name="Escalated">SIGKILL was needed.</param>
public sealed record TaskEnding(EndRequest Asked, string Why, ProcessExit? Exit, string? StartError, bool Escalated)
{
    /// <summary>Nothing has ended the task yet.</summary>
    public static readonly TaskEnding None = new(EndRequest.None, "", null, null, Escalated: false);

    /// <summary>What its processes have used; null where nobody knows.</summary>
    public ResourceUsage? Usage { get; init; }

    /// <summary>What shortened the grace that the first request gave; null where nothing did.</summary>
    public string? Shortened { get; init; }
}

/// <summary>The one terminal status of a task.</summary>
public sealed record TerminalState(TaskState State, string Message, TaskStatus.Types.Reason? Reason = null)
{
    /// <summary>Pure: the same ending always gives the same state.</summary>
    public static TerminalState Decide(TaskEnding ending)
    {
        if (ending.Asked == EndRequest.MaximumRunTime)
            return new(TaskState.TaskFailed, Ended(ending), TaskStatus.Types.Reason.MaxCompletionTimeReached);
        if (ending.Asked != EndRequest.None)
            return new(IsKill(ending.Asked) ? TaskState.TaskKilled : TaskState.TaskFailed, Ended(ending));
        if (ending.StartError is not null) return new(TaskState.TaskFailed, ending.StartError);
        var exit = ending.Exit ?? throw new ArgumentException("a task ends by request, by error or by exit", nameof(ending));
        return new(exit.Code == 0 ? TaskState.TaskFinished : TaskState.TaskFailed, ExitText.Describe(exit) + ExitText.Describe(ending.Usage));
    }

    /// <summary>
    /// Whether the task's end is somebody's wish, told by TASK_KILLING and TASK_KILLED, and not its failure, after which
    /// Marathon backs off before it tries again.
    /// </summary>
    public static bool IsKill(EndRequest asked) =>
        asked is EndRequest.Kill or EndRequest.Destroy or EndRequest.Shutdown or EndRequest.CertificateExpired;

    /// <summary>Of the states that this executor gives.</summary>
    public static bool IsTerminal(TaskState state) =>
        state is TaskState.TaskFinished or TaskState.TaskFailed or TaskState.TaskKilled or TaskState.TaskError;

    /// <summary>A task that cannot be understood, as opposed to one that fails.</summary>
    public static TerminalState Invalid(string message) =>
        new(TaskState.TaskError, message, TaskStatus.Types.Reason.TaskInvalid);

    private static string Ended(TaskEnding ending)
    {
        var why = ending.Shortened is null ? ending.Why : $"{ending.Why}, cut short: {ending.Shortened}";
        if (ending.Exit is null)
        {
            return ending.Escalated ? $"{why}; its processes were still there after SIGKILL"
                : ending.StartError is null ? $"{why}; nothing was running"
                : $"{why}; nothing was running, {ending.StartError}";
        }

        var hadGrace = ending.Asked is not (EndRequest.MaximumRunTime or EndRequest.Destroy) && ending.Shortened is null;
        var how = ending.Escalated && hadGrace ? ", after the grace period was over" : "";
        return $"{why}; {ExitText.Describe(ending.Exit)}{how}{ExitText.Describe(ending.Usage)}";
    }
}
