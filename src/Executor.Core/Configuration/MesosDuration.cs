using System.Buffers;
using System.Globalization;

namespace Executor.Core.Configuration;

/// <summary>
/// Durations as Mesos writes them in MESOS_ variables: a decimal number and a unit, e.g. <c>5secs</c>,
/// <c>1.5mins</c> (stout's duration.hpp).
/// </summary>
public static class MesosDuration
{
    public const string Accepted = "a number followed by ns, us, ms, secs, mins, hrs, days or weeks, 292 years at most";

    /// <summary>Mesos counts nanoseconds in 64 bits.</summary>
    private const long MostTicks = long.MaxValue / TimeSpan.NanosecondsPerTick;

    private static readonly (string Unit, double Seconds)[] Units =
    [
        ("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3), ("secs", 1), ("mins", 60), ("hrs", 3600), ("days", 86400),
        ("weeks", 604800),
    ];

    private static readonly SearchValues<char> Number = SearchValues.Create("0123456789.");

    /// <summary>Reads a duration of zero or more; what is finer than 100 ns is rounded.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var digits = text.AsSpan().IndexOfAnyExcept(Number);
        if (digits <= 0) return false;
        var seconds = Array.Find(Units, u => text.AsSpan(digits).SequenceEqual(u.Unit)).Seconds;
        if (seconds == 0) return false;
        if (!double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return false;
        var ticks = number * seconds * TimeSpan.TicksPerSecond;
        if (ticks >= MostTicks) return false;
        duration = TimeSpan.FromTicks((long)Math.Round(ticks));
        return true;
    }

    /// <summary>Writes a duration in the largest unit that keeps it a whole number.</summary>
    public static string Format(TimeSpan duration)
    {
        (string Unit, long Ticks)[] exact =
        [
            ("weeks", 7 * TimeSpan.TicksPerDay), ("days", TimeSpan.TicksPerDay), ("hrs", TimeSpan.TicksPerHour),
            ("mins", TimeSpan.TicksPerMinute), ("secs", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond),
            ("us", TimeSpan.TicksPerMicrosecond),
        ];
        foreach (var (unit, ticks) in exact)
            if (duration.Ticks >= ticks && duration.Ticks % ticks == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / ticks}{unit}");
        return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks * TimeSpan.NanosecondsPerTick}ns");
    }
}
