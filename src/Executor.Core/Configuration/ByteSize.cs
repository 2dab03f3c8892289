using System.Globalization;

namespace Executor.Core.Configuration;

/// <summary>Sizes as people write them: a whole number and a unit, e.g. <c>100MiB</c>.</summary>
public static class ByteSize
{
    public const string Accepted = "a whole number followed by B, KiB, MiB or GiB, less than 8 EiB";

    private static readonly (string Unit, int Shift)[] Units = [("GiB", 30), ("MiB", 20), ("KiB", 10), ("B", 0)];

    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits <= 0) return false;
        foreach (var (unit, shift) in Units)
        {
            if (!text.AsSpan(digits).SequenceEqual(unit)) continue;
            if (!long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
            bytes = number << shift;
            return bytes >> shift == number;
        }

        return false;
    }

    /// <summary>Writes a size in the largest unit that keeps it a whole number.</summary>
    public static string Format(long bytes)
    {
        var (unit, shift) = Units.First(u => u.Shift == 0 || (bytes > 0 && bytes % (1L << u.Shift) == 0));
        return string.Create(CultureInfo.InvariantCulture, $"{bytes >> shift}{unit}");
    }
}
