using System.Text;

namespace Executor.Fuzz.Tests.Engine;

/// <summary>Varies bytes: by a few of them, by pieces of themselves, of other inputs, or of what means something.</summary>
/// <param name="words">What means something to the reader.</param>
internal sealed class ByteMutator(Random random, IReadOnlyList<string> words)
{
    /// <summary>An input that is longer is cut: what takes more than linear time shows here already.</summary>
    private const int Longest = 64 * 1024;

    private static readonly string[] Common =
    [
        "0", "1", "-1", "255", "256", "65535", "65536", "2147483647", "2147483648", "-2147483648", "4294967296",
        "9223372036854775807", "9223372036854775808", "1e308", "1e999", "0.1", "NaN", "\0", "\n", "\r\n", "\t", " ", "\"", "\\", "'",
        "\\ud800", "\\udc00", "\\u0000", "é", "😀", "\u2028", "\ufeff", "=", ",", ":", ";", "/", "..", "%", "%00", "{", "}", "[", "]", "null", "true",
    ];

    private readonly byte[][] _words = [.. words.Concat(Common).Select(Encoding.UTF8.GetBytes), [0xff], [0xc3], [0xed, 0xa0, 0x80]];

    /// <param name="other">Another input, to take pieces from.</param>
    public byte[] Vary(byte[] input, byte[] other)
    {
        var bytes = new List<byte>(input);
        for (var n = 1 << random.Next(4); n > 0; n--) VaryOnce(bytes, other);
        if (bytes.Count > Longest) bytes.RemoveRange(Longest, bytes.Count - Longest);
        return [.. bytes];
    }

    private void VaryOnce(List<byte> bytes, byte[] other)
    {
        var at = random.Next(bytes.Count + 1);
        var left = bytes.Count - at;
        switch (random.Next(9))
        {
            case 0 when left > 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when left > 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2 when left > 0:
                bytes[at] += (byte)random.Next(-3, 4);
                break;
            case 3:
                bytes.RemoveRange(at, Length(left));
                break;
            case 4:
                bytes.InsertRange(at, bytes.Slice(at, Length(left)));
                break;
            case 5:
                Replace(bytes, at, Piece(other));
                break;
            case 6:
                bytes.InsertRange(at, Piece(other));
                break;
            case 7:
                Replace(bytes, at, _words[random.Next(_words.Length)]);
                break;
            default:
                bytes.InsertRange(at, _words[random.Next(_words.Length)]);
                break;
        }

        // Rarely, as it takes its time: much of the same.
        if (random.Next(1000) == 0 && bytes.Count > 0) Repeat(bytes, other);
    }

    private void Repeat(List<byte> bytes, byte[] other)
    {
        var piece = random.Next(2) == 0 ? _words[random.Next(_words.Length)] : Piece(other);
        if (piece.Length == 0) return;
        var times = Math.Min(1 << random.Next(17), Longest / piece.Length);
        bytes.InsertRange(random.Next(bytes.Count + 1), Enumerable.Repeat(piece, times).SelectMany(one => one));
    }

    private static void Replace(List<byte> bytes, int at, byte[] piece)
    {
        bytes.RemoveRange(at, Math.Min(piece.Length, bytes.Count - at));
        bytes.InsertRange(at, piece);
    }

    private byte[] Piece(byte[] other)
    {
        var from = random.Next(other.Length + 1);
        return other.AsSpan(from, Length(other.Length - from)).ToArray();
    }

    /// <returns>0 to the most, short ones more often.</returns>
    private int Length(int most) => Math.Min(most, random.Next(3) == 0 ? random.Next(most + 1) : random.Next(17));
}
