using System.Buffers;

namespace Executor.Core.Logs.Lines;

/// <summary>What times in lines are made of.</summary>
internal static class TimeParts
{
    private static readonly SearchValues<byte> OfZones = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ+-:0123456789"u8);

    /// <summary>Those of RFC 2822 and Central Europe, in hours.</summary>
    private static readonly (byte[] Name, int Hours)[] Zones =
    [
        ("UTC"u8.ToArray(), 0), ("GMT"u8.ToArray(), 0), ("UT"u8.ToArray(), 0), ("CET"u8.ToArray(), 1), ("CEST"u8.ToArray(), 2),
        ("EST"u8.ToArray(), -5), ("EDT"u8.ToArray(), -4), ("CST"u8.ToArray(), -6), ("CDT"u8.ToArray(), -5),
        ("MST"u8.ToArray(), -7), ("MDT"u8.ToArray(), -6), ("PST"u8.ToArray(), -8), ("PDT"u8.ToArray(), -7),
    ];

    public static bool Seconds(long year, long month, long day, ReadOnlySpan<byte> clock, out long seconds)
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

    public static void Fraction(ReadOnlySpan<byte> text, ref int at, out int fraction, out int digits)
    {
        (fraction, digits) = (0, 0);
        if (at + 1 >= text.Length || text[at] is not ((byte)'.' or (byte)',') || !char.IsAsciiDigit((char)text[at + 1])) return;
        for (at++; at < text.Length && char.IsAsciiDigit((char)text[at]); at++)
            if (digits < 9) (fraction, digits) = ((fraction * 10) + text[at] - '0', digits + 1);
    }

    /// <summary>Z, an offset, a blank and one of four digits, or a blank and the name of a zone that has but one meaning; 0 where there is none.</summary>
    public static long Zone(ReadOnlySpan<byte> text, ref int at)
    {
        if (at >= text.Length) return 0;
        if (text[at] is (byte)'Z' or (byte)'z')
        {
            at++;
            return 0;
        }

        if (text[at] != ' ') return Offset(text, ref at);
        var rest = text[(at + 1)..];
        var word = rest.IndexOfAnyExcept(OfZones);
        if (word < 0) word = rest.Length;
        if (word is 5 or 6 && rest[0] is (byte)'+' or (byte)'-')
        {
            var length = 0;
            var offset = Offset(rest[..word], ref length);
            if (length == word) at += 1 + word;
            return length == word ? offset : 0;
        }

        foreach (var (name, hours) in Zones)
        {
            if (!rest[..word].SequenceEqual(name)) continue;
            at += 1 + word;
            return hours * 3600;
        }

        return 0;
    }

    /// <summary>+01:00, +0100 or +01, in seconds; 0 where there is none.</summary>
    public static long Offset(ReadOnlySpan<byte> text, ref int at)
    {
        if (at + 3 > text.Length || text[at] is not ((byte)'+' or (byte)'-') || !Number(text.Slice(at + 1, 2), out var hours)) return 0;
        var sign = text[at] == '-' ? -1 : 1;
        at += 3;
        var colon = at < text.Length && text[at] == ':' ? 1 : 0;
        if (at + colon + 2 > text.Length || !Number(text.Slice(at + colon, 2), out var minutes)) return sign * hours * 3600;
        at += colon + 2;
        return sign * ((hours * 3600) + (minutes * 60));
    }

    public static int Month(ReadOnlySpan<byte> name)
    {
        var at = "JanFebMarAprMayJunJulAugSepOctNovDec"u8.IndexOf(name);
        return at >= 0 && at % 3 == 0 ? (at / 3) + 1 : 0;
    }

    public static bool Number(ReadOnlySpan<byte> digits, out long number)
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
