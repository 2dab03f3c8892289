namespace Executor.Core.Logs.Lines;

/// <summary>
/// The time that a line gives itself, in the formats that are common: ISO 8601 and what is like it (a blank for the T, a
/// comma before the fraction, slashes in the date), seconds to nanoseconds since 1970, access logs, syslog, klog. A time
/// without an offset is UTC; one without a year is of the year that brings it nearest to the line's arrival.
/// </summary>
internal static class LineTime
{
    private const int LongestPrefix = 160;

    /// <summary>The value of a field.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Instant instant) =>
        (TryParseDate(text, out instant, out var length) ? length == text.Length : TryParseEpoch(text, out instant)) && instant.IsWritable;

    /// <summary>The time that a text begins with, or of an access log has in brackets.</summary>
    /// <param name="arrived">Unix milliseconds.</param>
    public static bool TryFind(ReadOnlySpan<byte> text, long arrived, out Instant instant) =>
        TryFindAny(text, arrived, out instant) && instant.IsWritable;

    private static bool TryFindAny(ReadOnlySpan<byte> text, long arrived, out Instant instant)
    {
        if (text.Length > LongestPrefix) text = text[..LongestPrefix];
        var start = text is [(byte)'[', ..] ? text[1..] : text;
        if (TryParseDate(start, out instant, out _)) return true;
        var year = DateTimeOffset.FromUnixTimeMilliseconds(arrived).Year;
        if (TryParseSyslog(text, year, out instant) || TryParseKlog(text, year, out instant))
        {
            var half = 183 * 86400L;
            var off = instant.Seconds - (arrived / 1000);
            if (off > half) return Again(text, year - 1, out instant);
            return off >= -half || Again(text, year + 1, out instant);
        }

        var bracket = text.IndexOf((byte)'[');
        return bracket >= 0 && TryParseAccess(text[(bracket + 1)..], out instant);
    }

    private static bool Again(ReadOnlySpan<byte> text, int year, out Instant instant) =>
        TryParseSyslog(text, year, out instant) || TryParseKlog(text, year, out instant);

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
        if (length < text.Length && text[length] is (byte)'Z' or (byte)'z') length++;
        else seconds -= Offset(text, ref length);
        instant = new Instant(seconds, fraction, digits);
        return true;
    }

    /// <summary>27/Nov/2026:05:15:13 +0000]</summary>
    private static bool TryParseAccess(ReadOnlySpan<byte> text, out Instant instant)
    {
        instant = default;
        if (text.Length < 20 || text[2] != '/' || text[6] != '/' || text[11] != ':') return false;
        if (!Number(text[..2], out var day) || Month(text.Slice(3, 3)) is not (var month and > 0) || !Number(text.Slice(7, 4), out var year)) return false;
        if (!Seconds(year, month, day, text[12..], out var seconds)) return false;
        var length = text.Length > 20 && text[20] == ' ' ? 21 : 20;
        instant = new Instant(seconds - Offset(text, ref length), 0, 0);
        return true;
    }

    /// <summary>Nov 27 05:15:13, behind a priority or not.</summary>
    private static bool TryParseSyslog(ReadOnlySpan<byte> text, int year, out Instant instant)
    {
        instant = default;
        if (text is [(byte)'<', ..] && text.IndexOf((byte)'>') is var end and > 0 and < 5) text = text[(end + 1)..];
        if (text.Length < 15 || Month(text[..3]) is not (var month and > 0) || text[3] != ' ' || text[6] != ' ') return false;
        if (!Number(text[4] == ' ' ? text.Slice(5, 1) : text.Slice(4, 2), out var day)) return false;
        if (!Seconds(year, month, day, text[7..], out var seconds)) return false;
        instant = new Instant(seconds, 0, 0);
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
        if (whole.Length is not (10 or 13 or 16 or 19) || (dot >= 0 && whole.Length != 10)) return false;
        if (!Number(whole[..10], out var seconds)) return false;
        var rest = dot < 0 ? whole[10..] : text[(dot + 1)..];
        if (rest.Length > 9) rest = rest[..9];
        if (!Number(rest, out var fraction)) return false;
        instant = new Instant(seconds, (int)fraction, rest.Length);
        return true;
    }

    private static bool Seconds(long year, long month, long day, ReadOnlySpan<byte> clock, out long seconds)
    {
        seconds = 0;
        if (clock.Length < 8 || clock[2] != ':' || clock[5] != ':') return false;
        if (!Number(clock[..2], out var hour) || !Number(clock.Slice(3, 2), out var minute) || !Number(clock.Slice(6, 2), out var second)) return false;
        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth((int)year, (int)month)) return false;
        if (hour > 23 || minute > 59 || second > 60) return false;
        var days = new DateTime((int)year, (int)month, (int)day, 0, 0, 0, DateTimeKind.Utc).Ticks / TimeSpan.TicksPerDay - DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerDay;
        seconds = (days * 86400) + (hour * 3600) + (minute * 60) + second;
        return true;
    }

    private static void Fraction(ReadOnlySpan<byte> text, ref int at, out int fraction, out int digits)
    {
        (fraction, digits) = (0, 0);
        if (at + 1 >= text.Length || text[at] is not ((byte)'.' or (byte)',') || !char.IsAsciiDigit((char)text[at + 1])) return;
        for (at++; at < text.Length && char.IsAsciiDigit((char)text[at]); at++)
            if (digits < 9) (fraction, digits) = ((fraction * 10) + text[at] - '0', digits + 1);
    }

    /// <summary>+01:00, +0100 or +01, in seconds; 0 where there is none.</summary>
    private static long Offset(ReadOnlySpan<byte> text, ref int at)
    {
        if (at + 3 > text.Length || text[at] is not ((byte)'+' or (byte)'-') || !Number(text.Slice(at + 1, 2), out var hours)) return 0;
        var sign = text[at] == '-' ? -1 : 1;
        at += 3;
        var colon = at < text.Length && text[at] == ':' ? 1 : 0;
        if (at + colon + 2 > text.Length || !Number(text.Slice(at + colon, 2), out var minutes)) return sign * hours * 3600;
        at += colon + 2;
        return sign * ((hours * 3600) + (minutes * 60));
    }

    private static int Month(ReadOnlySpan<byte> name)
    {
        var at = "JanFebMarAprMayJunJulAugSepOctNovDec"u8.IndexOf(name);
        return at >= 0 && at % 3 == 0 ? (at / 3) + 1 : 0;
    }

    private static bool Number(ReadOnlySpan<byte> digits, out long number)
    {
        number = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit)) return false;
            number = (number * 10) + digit - '0';
        }

        return true;
    }
}
