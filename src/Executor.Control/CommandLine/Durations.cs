using System.Globalization;

namespace Executor.Control.CommandLine;

/// <summary>Durations as people write them: <c>500ms</c>, <c>5s</c>, <c>2m</c>, <c>1h</c>, or plain seconds.</summary>
internal static class Durations
{
    public const string Accepted = "a duration such as 500ms, 5s, 2m or 1h, or plain seconds";

    /// <summary>What a timer can wait for.</summary>
    private const double MostMilliseconds = uint.MaxValue - 1;

    private static readonly (string Unit, double Milliseconds)[] Units =
        [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        var (unit, scale) = Units.FirstOrDefault(known => text.EndsWith(known.Unit, StringComparison.Ordinal), ("", 1000));
        var number = text.AsSpan(0, text.Length - unit.Length);
        var valid = double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value * scale <= MostMilliseconds;
        duration = valid ? TimeSpan.FromMilliseconds(value * scale) : default;
        return valid;
    }
}
