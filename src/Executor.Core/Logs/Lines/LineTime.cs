using static Executor.Core.Logs.Lines.TimeParts;

namespace Executor.Core.Logs.Lines;

/// <summary>
/// The time that a line gives itself, in the formats that are common: ISO 8601 and what is like it (a blank for the T, a
/// comma before the fraction, slashes in the date), alone, behind a level or RFC 5424's version; seconds to nanoseconds since
/// 1970; those with a month's name, <see cref="NamedMonthTime"/>; klog. A time without an offset is UTC; one without a year is
/// of the year that brings it nearest to the line's arrival.
/// </summary>
internal static class LineTime
{
    private const int LongestPrefix = 160;

    /// <summary>The value of a field.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Instant instant) =>
        (TryParseDate(text, out instant, out var length) ? length == text.Length : TryParseEpoch(text, out instant) || NamedMonthTime.TryParse(text, out instant))
        && instant.IsWritable;

    /// <summary>The time that a text begins with, or of an access log has in brackets.</summary>
    /// <param name="arrived">Unix milliseconds.</param>
    public static bool TryFind(ReadOnlySpan<byte> text, long arrived, out Instant instant) =>
        TryFindAny(text, arrived, out instant) && instant.IsWritable;

    private static bool TryFindAny(ReadOnlySpan<byte> text, long arrived, out Instant instant)
    {
        if (text.Length > LongestPrefix) text = text[..LongestPrefix];
        text = BehindPriority(text);
        var start = text is [(byte)'[', ..] ? text[1..] : text;
        if (TryParseDate(start, out instant, out _) || TryParseDate(BehindLevel(start), out instant, out _) || NamedMonthTime.TryParse(start, out instant)) return true;
        var year = DateTimeOffset.FromUnixTimeMilliseconds(arrived).Year;
        if (TryParseWithoutYear(text, year, out instant))
        {
            var half = 183 * 86400L;
            var off = instant.Seconds - (arrived / 1000);
            if (off > half) return TryParseWithoutYear(text, year - 1, out instant);
            return off >= -half || TryParseWithoutYear(text, year + 1, out instant);
        }

        var bracket = text.IndexOf((byte)'[');
        return bracket >= 0 && NamedMonthTime.TryParseAccess(text[(bracket + 1)..], out instant);
    }

    /// <summary>Syslog's, with its version 1 of RFC 5424.</summary>
    private static ReadOnlySpan<byte> BehindPriority(ReadOnlySpan<byte> text)
    {
        if (text is not [(byte)'<', ..] || text.IndexOf((byte)'>') is not (var end and > 0 and < 5)) return text;
        text = text[(end + 1)..];
        return text.StartsWith("1 "u8) ? text[2..] : text;
    }

    /// <summary>A word such as INFO, in brackets or not.</summary>
    private static ReadOnlySpan<byte> BehindLevel(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExceptInRange((byte)'A', (byte)'z');
        if (end is < 3 or > 9) return [];
        return text[end..].TrimStart("]: \t["u8);
    }

    private static bool TryParseWithoutYear(ReadOnlySpan<byte> text, int year, out Instant instant) =>
        NamedMonthTime.TryParseSyslog(text, year, out instant) || TryParseKlog(text, year, out instant);

    /// <summary>2026-11-27T05:15:13.123+01:00 and its relatives.</summary>
    private static bool TryParseDate(ReadOnlySpan<byte> text, out Instant instant, out int length)
    {
        instant = default;
        length = 0;
        if (text.Length < 19 || text[4] is not ((byte)'-' or (byte)'/') || text[7] != text[4] || text[10] is not ((byte)'T' or (byte)'t' or (byte)' ')) return false;
        if (!Number(text[..4], out var year) || !Number(text.Slice(5, 2), out var month) || !Number(text.Slice(8, 2), out var day)) return false;
        if (!Seconds(year, month, day, text[11..], out var seconds)) return false;
        length = 19;
        Fraction(text, ref length, out var fraction, out var digits);
        seconds -= Zone(text, ref length);
        instant = new Instant(seconds, fraction, digits);
        return true;
    }

    /// <summary>I1127 05:15:13.123456</summary>
    private static bool TryParseKlog(ReadOnlySpan<byte> text, int year, out Instant instant)
    {
        instant = default;
        if (text.Length < 14 || text[0] is not ((byte)'I' or (byte)'W' or (byte)'E' or (byte)'F') || text[5] != ' ') return false;
        if (!Number(text.Slice(1, 2), out var month) || !Number(text.Slice(3, 2), out var day)) return false;
        if (!Seconds(year, month, day, text[6..], out var seconds)) return false;
        var length = 14;
        Fraction(text, ref length, out var fraction, out var digits);
        instant = new Instant(seconds, fraction, digits);
        return true;
    }

    /// <summary>Seconds, with or without a fraction; milliseconds, microseconds or nanoseconds: as many digits as 2001 to 2286 has.</summary>
    private static bool TryParseEpoch(ReadOnlySpan<byte> text, out Instant instant)
    {
        instant = default;
        var dot = text.IndexOf((byte)'.');
        var whole = dot < 0 ? text : text[..dot];
        if (dot >= 0 && text[(dot + 1)..].Contains((byte)'.')) return false;
        if (whole.Length is not (10 or 13 or 16 or 19)) return false;
        if (!Number(whole[..10], out var seconds)) return false;
        var (fraction, digits) = (0L, 0);
        foreach (var digit in text[10..])
        {
            if (digit == '.') continue;
            if (!char.IsAsciiDigit((char)digit)) return false;
            if (digits < 9) (fraction, digits) = ((fraction * 10) + digit - '0', digits + 1);
        }

        instant = new Instant(seconds, (int)fraction, digits);
        return true;
    }
}
