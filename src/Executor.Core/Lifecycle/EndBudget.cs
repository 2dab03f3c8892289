using Mesos;

namespace Executor.Core.Lifecycle;

/// <summary>How long an ending may take, known before it starts.</summary>
public static class EndBudget
{
    /// <summary>What a killed task gets between SIGTERM and SIGKILL when its framework sets no kill policy.</summary>
    public static readonly TimeSpan DefaultGrace = TimeSpan.FromSeconds(5);

    /// <summary>After SIGKILL only a process stuck in the kernel still lives; the status does not wait for it longer.</summary>
    public static readonly TimeSpan KillWait = TimeSpan.FromSeconds(5);

    /// <summary>What leaving itself takes, with much to spare.</summary>
    private static readonly TimeSpan LeaveMargin = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan LargestMargin = TimeSpan.FromSeconds(1);

    /// <summary>The grace of <c>TaskInfo.kill_policy</c>; a negative one counts as none.</summary>
    public static TimeSpan Grace(TaskInfo task)
    {
        if (task.KillPolicy?.GracePeriod is not { } given) return DefaultGrace;
        return TimeSpan.FromTicks(Math.Max(0, given.Nanoseconds) / TimeSpan.NanosecondsPerTick);
    }

    /// <summary>When an executor that shuts down has to leave at the latest, acknowledged or not.</summary>
    public static TimeSpan Departure(TimeSpan shutdownGrace) =>
        shutdownGrace - (shutdownGrace / 2 < LeaveMargin ? shutdownGrace / 2 : LeaveMargin);

    /// <summary>
    /// What a shutdown leaves between SIGTERM and SIGKILL: agent and libmesos kill everything when the shutdown grace
    /// is over, so a second of it is kept for SIGKILL and the last status update, and what the driver needs to be sure
    /// of that update; at most half.
    /// </summary>
    public static TimeSpan Shutdown(TimeSpan shutdownGrace, TimeSpan waitAfterLastUpdate)
    {
        var margin = LargestMargin + waitAfterLastUpdate;
        return shutdownGrace - (shutdownGrace / 2 < margin ? shutdownGrace / 2 : margin);
    }
}
