using System.Buffers;
using System.Text;

namespace Executor.Core.Logs.Lines;

/// <summary>What makes a line fit for JSON.</summary>
internal static class LineText
{
    private const byte Escape = 0x1b;
    private const byte Bell = 7;

    private static readonly SearchValues<byte> Special = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    /// <summary>Writes the inside of a JSON string.</summary>
    /// <param name="text">Valid UTF-8.</param>
    public static void WriteEscaped(ByteBuffer output, ReadOnlySpan<byte> text)
    {
        while (true)
        {
            var special = text.IndexOfAny(Special);
            if (special < 0)
            {
                output.Add(text);
                return;
            }

            output.Add(text[..special]);
            WriteEscaped(output, text[special]);
            text = text[(special + 1)..];
        }
    }

    /// <summary>Whether nothing of it would have to be escaped.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> text) => !text.ContainsAny(Special);

    /// <summary>Writes text with U+FFFD for whatever is no UTF-8.</summary>
    public static void WriteValid(ByteBuffer output, ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(text, out _, out var length) == OperationStatus.Done) output.Add(text[..length]);
            else output.Add("\ufffd"u8);
            text = text[length..];
        }
    }

    /// <summary>Writes text without the escape sequences of terminals (ECMA-48): colours, titles, movements.</summary>
    public static void WriteWithoutAnsi(ByteBuffer output, ReadOnlySpan<byte> text)
    {
        while (true)
        {
            var escape = text.IndexOf(Escape);
            if (escape < 0)
            {
                output.Add(text);
                return;
            }

            output.Add(text[..escape]);
            text = text[(escape + SequenceLength(text[escape..]))..];
        }
    }

    private static int SequenceLength(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2) return text.Length;
        switch (text[1])
        {
            case (byte)'[': // parameters, then one final byte
                var final = text[2..].IndexOfAnyInRange((byte)0x40, (byte)0x7e);
                return final < 0 ? text.Length : final + 3;
            case (byte)']': // a text that BEL ends, or ESC \
                var end = text[2..].IndexOfAny(Bell, Escape);
                if (end < 0) return text.Length;
                return text[end + 2] == Bell ? end + 3 : Math.Min(end + 4, text.Length);
            default:
                return 2;
        }
    }

    private static void WriteEscaped(ByteBuffer output, byte special)
    {
        switch (special)
        {
            case (byte)'"':
                output.Add("\\\""u8);
                break;
            case (byte)'\\':
                output.Add("\\\\"u8);
                break;
            case (byte)'\n':
                output.Add("\\n"u8);
                break;
            case (byte)'\t':
                output.Add("\\t"u8);
                break;
            default:
                output.Add("\\u00"u8);
                output.Add((byte)('0' + (special >> 4)));
                output.Add("0123456789abcdef"u8[special & 15]);
                break;
        }
    }
}
