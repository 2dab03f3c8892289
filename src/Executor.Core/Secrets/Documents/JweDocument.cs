using System.Text;
using System.Text.Json;

namespace Executor.Core.Secrets.Documents;

internal sealed record JweRecipient(JweHeader Header, byte[] EncryptedKey);

/// <summary>A JWE (RFC 7516) that has been read, not opened.</summary>
/// <param name="Authenticated">What the tag covers besides the ciphertext.</param>
internal sealed record JweDocument(
    IReadOnlyList<JweRecipient> Recipients, byte[] Authenticated, byte[] Vector, byte[] Ciphertext, byte[] Tag)
{
    /// <summary>The shared headers are read anew for each of them.</summary>
    private const int MostRecipients = 100;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <param name="text">Five parts of base64url between dots (7.1).</param>
    public static JweDocument ParseCompact(ReadOnlySpan<byte> text)
    {
        var parts = new List<byte[]>();
        byte[]? authenticated = null;
        foreach (var range in text.Split((byte)'.'))
        {
            if (parts.Count == 5) throw NotCompact();
            authenticated ??= text[range].ToArray();
            parts.Add(Decode(text[range]));
        }

        return parts.Count == 5
            ? new JweDocument([new JweRecipient(new JweHeader(ParseHeader(parts[0])), parts[1])], authenticated!, parts[2], parts[3], parts[4])
            : throw NotCompact();
    }

    /// <param name="text">An object, general or flattened (7.2).</param>
    public static JweDocument ParseJson(ReadOnlyMemory<byte> text)
    {
        using var json = Parse(text);
        var root = json.RootElement;
        var protectedText = Encoding.UTF8.GetBytes(Text(root, "protected") ?? "");
        JsonElement? protectedHeader = protectedText.Length == 0 ? null : ParseHeader(Decode(protectedText));
        var shared = Member(root, "unprotected");
        var authenticated = Text(root, "aad") is { } aad ? [.. protectedText, (byte)'.', .. Encoding.UTF8.GetBytes(aad)] : protectedText;

        JweRecipient Recipient(JsonElement of) => new(
            new JweHeader(protectedHeader, shared, Member(of, "header")), Decode(Text(of, "encrypted_key") ?? ""));

        var recipients = Member(root, "recipients") switch
        {
            null => [Recipient(root)],
            { ValueKind: JsonValueKind.Array } many when many.GetArrayLength() > MostRecipients =>
                throw new DocumentException($"the JWE has {many.GetArrayLength()} recipients: accepted are at most {MostRecipients}"),
            { ValueKind: JsonValueKind.Array } several when Member(root, "encrypted_key") is null && Member(root, "header") is null =>
                several.EnumerateArray().Select(Recipient).ToList(),
            _ => throw Malformed(),
        };
        return new JweDocument(
            recipients, authenticated, Decode(Text(root, "iv") ?? ""), Decode(Text(root, "ciphertext") ?? ""), Decode(Text(root, "tag") ?? ""));
    }

    public static byte[] Decode(string text) => Decode(Encoding.UTF8.GetBytes(text));

    public static DocumentException Malformed() => new("the JWE is damaged or cut off");

    private static byte[] Decode(ReadOnlySpan<byte> text) => JoseBase64.TryDecode(text, out var bytes) ? bytes : throw Malformed();

    private static DocumentException NotCompact() =>
        new("the text begins as a compact JWE and has not its five parts: accepted is a JWE, whole and not only signed");

    private static JsonElement ParseHeader(byte[] header)
    {
        using var json = Parse(header);
        return json.RootElement.Clone();
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            return JsonDocument.Parse(text, Strict);
        }
        catch (JsonException)
        {
            throw Malformed();
        }
    }

    private static JsonElement? Member(JsonElement of, string name) =>
        of.ValueKind != JsonValueKind.Object ? throw Malformed()
        : of.TryGetProperty(name, out var member) ? member.Clone()
        : null;

    private static string? Text(JsonElement of, string name) => Member(of, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => throw Malformed(),
    };
}
