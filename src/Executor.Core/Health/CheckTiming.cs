using Executor.Core.Hooks;

namespace Executor.Core.Health;

/// <summary>When a check is done.</summary>
/// <param name="Delay">From TASK_RUNNING to the first one.</param>
/// <param name="Interval">From the end of one to the start of the next; they never overlap.</param>
/// <param name="Timeout">Of each; null is none, which Mesos writes as 0.</param>
public sealed record CheckTiming(TimeSpan Delay, TimeSpan Interval, TimeSpan? Timeout)
{
    /// <summary>An interval of 0 is allowed; this keeps such a check from taking a whole processor.</summary>
    public static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Reads what a framework wrote, in seconds.</summary>
    /// <param name="what">For errors: <c>health_check</c> or the like.</param>
    /// <exception cref="InvalidTaskException">A number is negative, none, or beyond reason.</exception>
    public static CheckTiming Read(string what, double delay, double interval, double timeout)
    {
        var most = Seconds(what, "timeout", timeout);
        var pause = Seconds(what, "interval", interval);
        return new CheckTiming(
            Seconds(what, "delay", delay), pause > ShortestInterval ? pause : ShortestInterval, most > TimeSpan.Zero ? most : null);
    }

    /// <inheritdoc cref="Read"/>
    public static TimeSpan Seconds(string what, string field, double seconds) => seconds is >= 0 and <= 1e9
        ? TimeSpan.FromSeconds(seconds)
        : throw new InvalidTaskException(FormattableString.Invariant(
            $"{what}: its {field} is {seconds} seconds: accepted is a number from 0 to 1,000,000,000"));
}
