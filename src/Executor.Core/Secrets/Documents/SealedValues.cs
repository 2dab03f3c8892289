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
    private const string Start = "ENC[";
    private const string Accepted = "accepted are ENC[CMS,base64] and ENC[JWE,compact]";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly DocumentOpener _opener = new(key, null, time);

    /// <summary>Whether there is such a value in a text. Others write ENC[...] too, and theirs are left alone.</summary>
    public static bool IsIn(string text) =>
        text.Contains($"{Start}CMS,", StringComparison.Ordinal) || text.Contains($"{Start}JWE,", StringComparison.Ordinal);

    /// <returns>The text with the plaintext of each value in its place, and itself where it has none.</returns>
    /// <exception cref="DocumentException">One is malformed, does not open, or is no text.</exception>
    /// <param name="learn">Told each plaintext.</param>
    public string Open(string text, Action<string>? learn = null)
    {
        var start = text.IndexOf(Start, StringComparison.Ordinal);
        if (start < 0) return text;
        var result = new StringBuilder();
        var done = 0;
        while (start >= 0)
        {
            var length = text.AsSpan(start).IndexOf(']');
            if (length < 0) throw new DocumentException($"the ENC[ at character {start + 1} has no end: {Accepted}");
            var opened = OpenOne(text.AsSpan(start + Start.Length, length - Start.Length), start);
            learn?.Invoke(opened);
            result.Append(text, done, start - done).Append(opened);
            done = start + length + 1;
            start = text.IndexOf(Start, done, StringComparison.Ordinal);
        }

        return result.Append(text, done, text.Length - done).ToString();
    }

    /// <summary>A document as a value.</summary>
    /// <param name="document">As <see cref="DocumentSealer"/> makes it for one recipient.</param>
    public static string Write(DocumentFormat format, ReadOnlySpan<byte> document) => format == DocumentFormat.Cms
        ? $"{Start}CMS,{Convert.ToBase64String(document)}]"
        : $"{Start}JWE,{Encoding.ASCII.GetString(document)}]";

    private string OpenOne(ReadOnlySpan<char> value, int start)
    {
        var comma = value.IndexOf(',');
        var encoded = Encoding.UTF8.GetBytes(value[(comma + 1)..].Trim().ToString());
        if (encoded.Length > DocumentOpener.Limit)
            throw new DocumentException($"the ENC[ at character {start + 1} has {encoded.Length} bytes: accepted are at most {DocumentOpener.Limit}");
        using var form = (comma < 0 ? "" : value[..comma]) switch
        {
            "CMS" => DocumentForm.FromBase64(encoded),
            "JWE" => new DocumentForm(DocumentKind.CompactJwe, encoded),
            _ => throw new DocumentException($"the ENC[ at character {start + 1} is of no known kind: {Accepted}"),
        };
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
