using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Executor.Core.Secrets.Documents;

/// <summary>
/// Finds the single values ENC[CMS,base64] and ENC[JWE,compact] in texts and opens them. They need no signature: whoever may
/// write the text around them is believed.
/// </summary>
/// <param name="key">Null where there is none: then only a text without such a value passes.</param>
public sealed class SealedValues(DocumentKey? key, TimeProvider time)
{
    private const string Cms = "ENC[CMS,";
    private const string Jwe = "ENC[JWE,";

    private static readonly SearchValues<string> Starts = SearchValues.Create([Cms, Jwe], StringComparison.Ordinal);

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly DocumentOpener _opener = new(key, null, time);

    /// <summary>Whether there is such a value in a text. Others write ENC[...] too, and theirs are left alone.</summary>
    public static bool IsIn(string text) => Next(text, 0) >= 0;

    /// <returns>The text with the plaintext of each value in its place, and itself where it has none.</returns>
    /// <exception cref="DocumentException">One is malformed, does not open, or is no text.</exception>
    /// <param name="learn">Told each plaintext.</param>
    public string Open(string text, Action<string>? learn = null)
    {
        var start = Next(text, 0);
        if (start < 0) return text;
        var result = new StringBuilder();
        var done = 0;
        while (start >= 0)
        {
            var length = text.AsSpan(start).IndexOf(']');
            if (length < 0) throw new DocumentException($"the ENC[ at character {start + 1} has no end: accepted are {Cms}base64] and {Jwe}compact]");
            var opened = OpenOne(text.AsSpan(start, length), start);
            learn?.Invoke(opened);
            result.Append(text, done, start - done).Append(opened);
            done = start + length + 1;
            start = Next(text, done);
        }

        return result.Append(text, done, text.Length - done).ToString();
    }

    /// <summary>A document as a value.</summary>
    /// <param name="document">As <see cref="DocumentSealer"/> makes it for one recipient.</param>
    public static string Write(DocumentFormat format, ReadOnlySpan<byte> document) => format == DocumentFormat.Cms
        ? $"{Cms}{Convert.ToBase64String(document)}]"
        : $"{Jwe}{Encoding.ASCII.GetString(document)}]";

    /// <returns>Where the next value of ours begins; negative where there is none.</returns>
    private static int Next(string text, int from)
    {
        var found = text.AsSpan(from).IndexOfAny(Starts);
        return found < 0 ? found : from + found;
    }

    private string OpenOne(ReadOnlySpan<char> value, int start)
    {
        var encoded = Encoding.UTF8.GetBytes(value[Cms.Length..].Trim().ToString());
        if (encoded.Length > DocumentOpener.Limit)
            throw new DocumentException($"the ENC[ at character {start + 1} has {encoded.Length} bytes: accepted are at most {DocumentOpener.Limit}");
        using var form = value.StartsWith(Cms, StringComparison.Ordinal)
            ? DocumentForm.FromBase64(encoded)
            : new DocumentForm(DocumentKind.CompactJwe, encoded);
        var plaintext = _opener.OpenValue(form);
        try
        {
            var text = Strict.GetString(plaintext);
            return !text.Contains('\0', StringComparison.Ordinal) ? text : throw NoText(start);
        }
        catch (DecoderFallbackException)
        {
            throw NoText(start);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    private static DocumentException NoText(int start) =>
        new($"the ENC[ at character {start + 1} does not open to a text: accepted is UTF-8 without NUL");
}
