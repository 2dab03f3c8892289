using static Executor.Core.Logs.Lines.TimeParts;

namespace Executor.Core.Logs.Lines;

/// <summary>Times whose months have names.</summary>
internal static class NamedMonthTime
{
    /// <summary>One with a year.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Instant instant) =>
        TryParseMail(text, out instant) || TryParseAsctime(text, out instant) || TryParseJava(text, out instant);

    /// <summary>27/Nov/2026:05:15:13 +0000]</summary>
    public static bool TryParseAccess(ReadOnlySpan<byte> text, out Instant instant)
    {
        instant = default;
        if (text.Length < 20 || text[2] != '/' || text[6] != '/' || text[11] != ':') return false;
        if (!Number(text[..2], out var day) || Month(text.Slice(3, 3)) is not (var month and > 0) || !Number(text.Slice(7, 4), out var year)) return false;
        if (!Seconds(year, month, day, text[12..], out var seconds)) return false;
        var length = 20;
        instant = new Instant(seconds - Zone(text, ref length), 0, 0);
        return true;
    }

    /// <summary>Nov 27 05:15:13.</summary>
    public static bool TryParseSyslog(ReadOnlySpan<byte> text, int year, out Instant instant)
    {
        instant = default;
        if (text.Length < 15 || Month(text[..3]) is not (var month and > 0) || text[3] != ' ' || text[6] != ' ') return false;
        if (!Number(text[4] == ' ' ? text.Slice(5, 1) : text.Slice(4, 2), out var day)) return false;
        if (!Seconds(year, month, day, text[7..], out var seconds)) return false;
        instant = new Instant(seconds, 0, 0);
        return true;
    }

    /// <summary>Fri, 27 Nov 2026 05:15:13 GMT</summary>
    private static bool TryParseMail(ReadOnlySpan<byte> text, out Instant instant)
    {
        instant = default;
        if (text.Length < 25 || text[3] != ',' || text[4] != ' ' || text[7] != ' ' || text[11] != ' ' || text[16] != ' ') return false;
        if (!Number(text.Slice(5, 2), out var day) || Month(text.Slice(8, 3)) is not (var month and > 0) || !Number(text.Slice(12, 4), out var year)) return false;
        if (!Seconds(year, month, day, text[17..], out var seconds)) return false;
        var length = 25;
        instant = new Instant(seconds - Zone(text, ref length), 0, 0);
        return true;
    }

    /// <summary>Fri Nov 27 05:15:13.123456 2026, as Apache's error log has it, or without a fraction.</summary>
    private static bool TryParseAsctime(ReadOnlySpan<byte> text, out Instant instant)
    {
        instant = default;
        if (text.Length < 24 || text[3] != ' ' || text[7] != ' ' || text[10] != ' ' || Month(text.Slice(4, 3)) is not (var month and > 0)) return false;
        if (!Number(text[8] == ' ' ? text.Slice(9, 1) : text.Slice(8, 2), out var day)) return false;
        var length = 19;
        Fraction(text, ref length, out var fraction, out var digits);
        if (length + 5 > text.Length || text[length] != ' ' || !Number(text.Slice(length + 1, 4), out var year)) return false;
        if (!Seconds(year, month, day, text[11..], out var seconds)) return false;
        instant = new Instant(seconds, fraction, digits);
        return true;
    }

    /// <summary>Nov 27, 2026 5:15:13 AM, as java.util.logging has it.</summary>
    private static bool TryParseJava(ReadOnlySpan<byte> text, out Instant instant)
    {
        instant = default;
        if (text.Length < 23 || Month(text[..3]) is not (var month and > 0) || text[3] != ' ') return false;
        var comma = text[4..].IndexOf(", "u8) + 4;
        if (comma is not (5 or 6) || text.Length < comma + 18 || !Number(text[4..comma], out var day) || !Number(text.Slice(comma + 2, 4), out var year)) return false;
        var clock = text[(comma + 7)..];
        var hourLength = clock.IndexOf((byte)':');
        if (hourLength is not (1 or 2) || clock.Length < hourLength + 9 || !Number(clock[..hourLength], out var hour) || hour is < 1 or > 12) return false;
        var half = clock.Slice(hourLength + 7, 2);
        if (!half.SequenceEqual("AM"u8) && !half.SequenceEqual("PM"u8)) return false;
        Span<byte> full = stackalloc byte[8];
        "00"u8.CopyTo(full);
        clock.Slice(hourLength, 6).CopyTo(full[2..]);
        if (!Seconds(year, month, day, full, out var seconds)) return false;
        instant = new Instant(seconds + ((hour % 12) + (half[0] == 'P' ? 12 : 0)) * 3600, 0, 0);
        return true;
    }
}
