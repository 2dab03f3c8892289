namespace Executor.Core.Lifecycle;

/// <summary>When an executor without a task leaves: when nothing is left to do, and nothing to tell.</summary>
internal static class Departure
{
    /// <summary>What it depends on.</summary>
    public sealed record Situation
    {
        /// <summary>Whether it was ever given a task, or asked to kill one.</summary>
        public required bool HadTasks { get; init; }

        /// <summary>How long it has been without a task.</summary>
        public required TimeSpan IdleFor { get; init; }

        public required bool ShuttingDown { get; init; }

        /// <summary>Whether the agent is there.</summary>
        public required bool Connected { get; init; }

        /// <summary>Whether the driver has given the agent up: it never comes back.</summary>
        public required bool AgentGone { get; init; }

        /// <summary>How long ago the agent could first have been told everything: since the last update, or since it came.</summary>
        public required TimeSpan SinceUpdate { get; init; }

        /// <summary>What is left until everything is killed from outside.</summary>
        public required TimeSpan ShutdownLeft { get; init; }

        /// <summary>Updates that the agent has not acknowledged; null where the driver does not tell.</summary>
        public required int? Unacknowledged { get; init; }
    }

    /// <summary>
    /// How long to wait for the leave, if nothing happens until then; null is for ever. While the agent is away, leaving
    /// would turn FINISHED into FAILED, and idleness says nothing: the driver says shutdown when it gives the agent up.
    /// </summary>
    public static TimeSpan? Wait(ExecutorHostOptions options, Situation situation)
    {
        var idle = situation.ShuttingDown ? TimeSpan.Zero : Left(options, situation);
        var mayGetTasks = idle > TimeSpan.Zero;
        if (situation.Unacknowledged == 0 && (situation.Connected || !mayGetTasks)) return idle;
        if (situation.ShuttingDown)
        {
            if (situation.Unacknowledged is not null && situation.AgentGone) return TimeSpan.Zero;
            // One that is only away may be back in time.
            var isBlind = situation.Unacknowledged is null && (situation.Connected || situation.AgentGone);
            return isBlind ? Least(Rest(options.BlindWait, situation.SinceUpdate), situation.ShutdownLeft) : situation.ShutdownLeft;
        }

        if (!situation.Connected) return null;
        var told = Rest(situation.Unacknowledged is null ? options.BlindWait : options.AcknowledgementWait, situation.SinceUpdate);
        return idle > told ? idle : told;
    }

    private static TimeSpan Left(ExecutorHostOptions options, Situation situation)
    {
        var stay = options.IdleExit;
        if (!situation.HadTasks && stay < options.FirstTaskWait) stay = options.FirstTaskWait;
        return Rest(stay, situation.IdleFor);
    }

    private static TimeSpan Rest(TimeSpan wait, TimeSpan gone) => wait > gone ? wait - gone : TimeSpan.Zero;

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
