using System.Buffers;

namespace Executor.Core.Logs.Lines;

/// <summary>A line of <c>key=value</c> pairs, values with blanks in quotes.</summary>
internal static class LogfmtLine
{
    private static readonly SearchValues<byte> KeyBytes = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-@/"u8);

    /// <summary>Finds its fields; values in quotes are JSON where their escapes are JSON's, and else text.</summary>
    /// <param name="line">Valid UTF-8.</param>
    /// <param name="least">How many pairs make it logfmt.</param>
    /// <returns>False where anything in it is no pair.</returns>
    public static bool TryRead(ReadOnlySpan<byte> line, LineFields fields, int least)
    {
        fields.Clear();
        var pairs = 0;
        for (var at = 0; at < line.Length; pairs++)
        {
            if (line[at] is (byte)' ' or (byte)'\t')
            {
                at++;
                pairs--;
                continue;
            }

            var keyLength = line[at..].IndexOfAnyExcept(KeyBytes);
            if (keyLength <= 0 || line[at + keyLength] != '=') return false;
            var value = at + keyLength + 1;
            var length = ValueLength(line[value..], out var isQuoted);
            if (length < 0) return false;
            if (!isQuoted) fields.Add(line.Slice(at, keyLength), at, keyLength, value, length, FieldKind.Text);
            else if (IsJsonString(line.Slice(value + 1, length - 2))) fields.Add(line.Slice(at, keyLength), at, keyLength, value, length, FieldKind.Value);
            else fields.Add(line.Slice(at, keyLength), at, keyLength, value + 1, length - 2, FieldKind.Text);
            at = value + length;
        }

        return pairs >= least;
    }

    /// <returns>-1 where quotes do not end, or something follows them.</returns>
    private static int ValueLength(ReadOnlySpan<byte> rest, out bool isQuoted)
    {
        isQuoted = rest is [(byte)'"', ..];
        if (!isQuoted) return rest.IndexOfAny((byte)' ', (byte)'\t') is var end and >= 0 ? end : rest.Length;
        for (var at = 1; ;)
        {
            var next = rest[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0) return -1;
            at += next;
            if (rest[at] == '"') return at + 1 == rest.Length || rest[at + 1] is (byte)' ' or (byte)'\t' ? at + 1 : -1;
            at += 2;
            if (at > rest.Length) return -1;
        }
    }

    private static bool IsJsonString(ReadOnlySpan<byte> inside)
    {
        if (LineText.IsPlain(inside)) return true;
        for (var at = 0; at < inside.Length; at++)
        {
            if (inside[at] < ' ') return false;
            if (inside[at] != '\\') continue;
            at++;
            if ("\"\\/bfnrt"u8.Contains(inside[at])) continue;
            if (inside[at] != 'u' || inside.Length - at < 5 || !IsHex(inside.Slice(at + 1, 4))) return false;
        }

        return true;
    }

    private static bool IsHex(ReadOnlySpan<byte> digits)
    {
        foreach (var digit in digits)
            if (!char.IsAsciiHexDigit((char)digit)) return false;
        return true;
    }
}
