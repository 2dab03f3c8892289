using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Executor.Core.Secrets.Documents;

internal enum DocumentKind
{
    Plain,
    Cms,
    CompactJwe,
    JsonJwe,
}

/// <summary>What bytes are, told by how they begin, without the text encoding around them.</summary>
/// <param name="decoded">Where they were decoded into; cleared at the end, as a signed document is readable.</param>
internal sealed class DocumentForm(DocumentKind kind, ReadOnlyMemory<byte> content, Memory<byte> decoded = default) : IDisposable
{
    /// <summary>A ContentInfo (RFC 5652, 3) behind its tag and length: an object identifier of PKCS, 1.2.840.113549.1, of any length.</summary>
    private static readonly byte[] Pkcs = [0x06, 0, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01];

    private const int LengthAt = 1;

    private static readonly SearchValues<byte> Base64Text =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n"u8);

    private static readonly SearchValues<byte> CompactText =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."u8);

    public DocumentKind Kind => kind;

    public ReadOnlyMemory<byte> Content => content;

    /// <param name="outermost">Whether nothing has been opened yet; what is inside may be any text.</param>
    /// <exception cref="DocumentException">They are cut off, or a broken encoding.</exception>
    public static DocumentForm Recognise(ReadOnlyMemory<byte> bytes, bool outermost)
    {
        if (IsBinary(bytes.Span)) return new DocumentForm(DocumentKind.Cms, bytes);
        var text = bytes.Trim(" \t\r\n"u8);
        if (FindPem(text.Span) is { } pem) return FromBase64(text.Span[pem]);
        if (SmimeText.FindBody(text.Span) is { } body) return FromBase64(text.Span[body]);
        if (text.Span.StartsWith("{"u8))
            return IsJwe(text.Span, outermost) ? new DocumentForm(DocumentKind.JsonJwe, text) : new DocumentForm(DocumentKind.Plain, bytes);
        if (IsCompactJwe(text.Span)) return new DocumentForm(DocumentKind.CompactJwe, text);
        return IsBase64(text.Span) ? FromBase64(text.Span) : new DocumentForm(DocumentKind.Plain, bytes);
    }

    /// <summary>As <see cref="Recognise"/>, where nothing that could be text counts as a document.</summary>
    public static DocumentForm RecogniseBinary(ReadOnlyMemory<byte> bytes) =>
        new(IsBinary(bytes.Span) ? DocumentKind.Cms : DocumentKind.Plain, bytes);

    /// <summary>A CMS document from its base64.</summary>
    public static DocumentForm FromBase64(ReadOnlySpan<byte> text)
    {
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (Base64.DecodeFromUtf8(text, decoded, out _, out var length) != OperationStatus.Done)
        {
            CryptographicOperations.ZeroMemory(decoded);
            throw new DocumentException("the base64 of the CMS document is damaged or cut off");
        }

        return new DocumentForm(DocumentKind.Cms, decoded.AsMemory(0, length), decoded);
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(decoded.Span);

    /// <summary>A SEQUENCE with a long or an indefinite length: no text in UTF-8 begins so.</summary>
    private static bool IsBinary(ReadOnlySpan<byte> bytes) => bytes is [0x30, >= 0x80, ..];

    private static Range? FindPem(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("-----BEGIN CMS-----"u8) && !text.StartsWith("-----BEGIN PKCS7-----"u8)) return null;
        if (!PemEncoding.TryFindUtf8(text, out var found) || found.Location.Start.Value != 0)
            throw new DocumentException("the PEM block of the CMS document is damaged or cut off");
        if (found.Location.End.Value != text.Length)
            throw new DocumentException("there is more behind the PEM block of the CMS document: accepted is one block");
        return found.Base64Data;
    }

    /// <summary>Whether it is base64 that begins as a ContentInfo does, as far as it goes.</summary>
    private static bool IsBase64(ReadOnlySpan<byte> text)
    {
        if (text.Length < 4 || text.ContainsAnyExcept(Base64Text)) return false;
        Span<byte> start = stackalloc byte[24];
        Base64.DecodeFromUtf8(text[..Math.Min(text.Length & ~3, 32)], start, out _, out var length, isFinalBlock: false);
        if (start[0] != 0x30 || start[1] is < 0x80 or > 0x84) return false;
        var behind = 2 + (start[1] & 0x7F);
        for (var i = 0; i < Pkcs.Length && behind + i < length; i++)
        {
            if (i != LengthAt && start[behind + i] != Pkcs[i]) return false;
        }

        return true;
    }

    /// <summary>Whether a JSON object is a JWE (RFC 7516, 7.2).</summary>
    private static bool IsJwe(ReadOnlySpan<byte> text, bool outermost)
    {
        var (hasText, hasKey) = (false, false);
        try
        {
            var reader = new Utf8JsonReader(text);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                hasText |= reader.ValueTextEquals("ciphertext"u8);
                hasKey |= reader.ValueTextEquals("recipients"u8) || reader.ValueTextEquals("protected"u8) || reader.ValueTextEquals("encrypted_key"u8);
                reader.Skip();
            }

            reader.Read(); // throws at what follows
            return hasText && hasKey;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter: a name with half of a surrogate pair, which is no text.
            if (!outermost) return false;
            throw new DocumentException("the document begins as a JSON object and is none: it is damaged or cut off");
        }
    }

    /// <summary>Five parts of base64url, the first a JSON object (RFC 7516, 7.1); fewer where it is cut off.</summary>
    private static bool IsCompactJwe(ReadOnlySpan<byte> text) =>
        text.StartsWith("ey"u8) && !text.ContainsAnyExcept(CompactText);
}
