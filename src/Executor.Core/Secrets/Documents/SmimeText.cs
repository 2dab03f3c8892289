using System.Text;

namespace Executor.Core.Secrets.Documents;

/// <summary>S/MIME (RFC 8551) as openssl cms prints it unless told otherwise: a few headers, an empty line, base64.</summary>
internal static class SmimeText
{
    private const string Accepted = "accepted is application/pkcs7-mime in base64";

    /// <returns>Where the base64 is; null where the text is no such one.</returns>
    /// <exception cref="DocumentException">It is one of another kind, or cut off.</exception>
    public static Range? FindBody(ReadOnlySpan<byte> text)
    {
        string? type = null, encoding = null;
        var at = 0;
        while (at < text.Length)
        {
            var line = text[at..];
            var end = line.IndexOf((byte)'\n');
            var next = end < 0 ? text.Length : at + end + 1;
            line = line[..(end < 0 ? line.Length : end)].TrimEnd((byte)'\r');
            at = next;
            if (line.IsEmpty) return Judge(type, encoding) ? at.. : null;
            if (line[0] is (byte)' ' or (byte)'\t') continue; // a folded header; what counts is at the start of each
            var colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[..colon].ContainsAnyExceptInRange((byte)'!', (byte)'~')) break;
            var name = line[..colon];
            if (Ascii.EqualsIgnoreCase(name, "Content-Type"u8)) type = Encoding.ASCII.GetString(line[(colon + 1)..]).Trim();
            if (Ascii.EqualsIgnoreCase(name, "Content-Transfer-Encoding"u8)) encoding = Encoding.ASCII.GetString(line[(colon + 1)..]).Trim();
        }

        return text.StartsWith("MIME-Version:"u8) ? throw new DocumentException("the S/MIME text is damaged or cut off") : null;
    }

    private static bool Judge(string? type, string? encoding)
    {
        if (type is null) return false;
        if (Is(type, "multipart/signed"))
            throw new DocumentException($"the S/MIME text has its signature apart: {Accepted}, as openssl cms -sign -nodetach makes it");
        if (!Is(type, "application/pkcs7-mime") && !Is(type, "application/x-pkcs7-mime")) return false;
        return string.Equals(encoding, "base64", StringComparison.OrdinalIgnoreCase)
            ? true
            : throw new DocumentException($"the S/MIME text is not in base64: {Accepted}");
    }

    private static bool Is(string type, string media) =>
        type.StartsWith(media, StringComparison.OrdinalIgnoreCase) && (type.Length == media.Length || type[media.Length] is ';' or ' ');
}
