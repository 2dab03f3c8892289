namespace Executor.Core.Configuration;

/// <summary>
/// Timers take no more than 2^32 - 2 ms, and durations from frameworks and agents may be longer: a wait that long is
/// as good as for ever, and must not be an error.
/// </summary>
public static class LongestWait
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(49);

    public static TimeSpan Clamp(TimeSpan wait) => wait < Longest ? wait : Longest;
}
