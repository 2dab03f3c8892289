using Mesos;

namespace Executor.Core.Lifecycle;

/// <summary>What a shutdown allows an end, counted from now.</summary>
/// <param name="Kill">Until SIGKILL: all that the steps of the end may take.</param>
/// <param name="GiveUp">Until the last status, whatever outlives SIGKILL.</param>
/// <param name="Over">Until nothing is waited for any more: AfterExit.</param>
public readonly record struct ShutdownTimes(TimeSpan Kill, TimeSpan GiveUp, TimeSpan Over);

/// <summary>How long an ending may take, known before it starts.</summary>
public static class EndBudget
{
    /// <summary>What a killed task gets between SIGTERM and SIGKILL when its framework sets no kill policy.</summary>
    public static readonly TimeSpan DefaultGrace = TimeSpan.FromSeconds(5);

    /// <summary>After SIGKILL only a process stuck in the kernel still lives; the status does not wait for it longer.</summary>
    public static readonly TimeSpan KillWait = TimeSpan.FromSeconds(5);

    /// <summary>A start that was broken off is over sooner, unless the kernel does not let go of it.</summary>
    public static readonly TimeSpan StartWait = 2 * KillWait;

    /// <summary>What leaving itself takes, with much to spare.</summary>
    private static readonly TimeSpan LeaveMargin = TimeSpan.FromMilliseconds(300);

    /// <summary>Between what a task still does and the leave.</summary>
    private static readonly TimeSpan LastMargin = TimeSpan.FromMilliseconds(200);

    /// <summary>What SIGKILL gets of a shutdown, also where the driver wants all of the rest.</summary>
    private static readonly TimeSpan KillShare = TimeSpan.FromMilliseconds(500);

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
    /// Agent and libmesos kill everything when the shutdown grace is over, so a second of it is kept for SIGKILL and the
    /// last status update, and what the driver needs to be sure of that update; at most half. What of that the end of the
    /// tree does not need is AfterExit's.
    /// </summary>
    public static ShutdownTimes Shutdown(TimeSpan shutdownGrace, TimeSpan waitAfterLastUpdate)
    {
        var margin = LargestMargin + waitAfterLastUpdate;
        var kill = shutdownGrace - (shutdownGrace / 2 < margin ? shutdownGrace / 2 : margin);
        var departure = Departure(shutdownGrace);
        var over = departure - LastMargin;
        var share = (departure - kill) / 2 < KillShare ? (departure - kill) / 2 : KillShare;
        var giveUp = Greatest(kill + share, over - waitAfterLastUpdate);
        return new ShutdownTimes(kill, giveUp, Greatest(giveUp, over));
    }

    private static TimeSpan Greatest(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
