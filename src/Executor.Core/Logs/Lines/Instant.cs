namespace Executor.Core.Logs.Lines;

/// <summary>A moment as lines tell it.</summary>
/// <param name="Seconds">Since 1970, UTC.</param>
/// <param name="Fraction">Of the second, in units of its last digit.</param>
/// <param name="Digits">How many digits the fraction has, 0 to 9.</param>
internal readonly record struct Instant(long Seconds, int Fraction, int Digits)
{
    private static readonly long First = DateTimeOffset.MinValue.ToUnixTimeSeconds();
    private static readonly long Last = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>Whether its year, in UTC, is from 1 to 9999: others have no text.</summary>
    public bool IsWritable => Seconds >= First && Seconds <= Last;

    /// <summary>The nearest one that is.</summary>
    public Instant Writable => IsWritable ? this : new Instant(Seconds < First ? First : Last, 0, 0);

    public static Instant OfMilliseconds(long milliseconds) =>
        new(Math.DivRem(milliseconds, 1000, out var rest), (int)rest, 3);
}

/// <summary>Writes moments as <c>2026-11-27T05:15:13.123Z</c>; the part before the fraction is made once a second.</summary>
internal sealed class InstantWriter
{
    private readonly byte[] _text = new byte[20];
    private long _seconds = long.MinValue;

    public void Write(ByteBuffer output, Instant instant)
    {
        instant = instant.Writable;
        if (instant.Seconds != _seconds)
        {
            DateTimeOffset.FromUnixTimeSeconds(instant.Seconds).TryFormat(_text, out _, "yyyy-MM-ddTHH:mm:ss'.'", null);
            _seconds = instant.Seconds;
        }

        output.Add(_text);
        var (fraction, digits) = (instant.Fraction, instant.Digits);
        while (digits < 3) (fraction, digits) = (fraction * 10, digits + 1);
        var room = output.Room(digits);
        for (var i = digits - 1; i >= 0; i--) (fraction, room[i]) = (fraction / 10, (byte)('0' + (fraction % 10)));
        output.Advance(digits);
        output.Add((byte)'Z');
    }
}
