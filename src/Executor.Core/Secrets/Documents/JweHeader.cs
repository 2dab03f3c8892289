using System.Text.Json;

namespace Executor.Core.Secrets.Documents;

/// <summary>The header of one recipient: the union of what is protected, shared and its own (RFC 7516, 4).</summary>
internal sealed class JweHeader
{
    private readonly Dictionary<string, JsonElement> _members = [];

    /// <exception cref="DocumentException">One has no header, two name the same member, or a member is not accepted.</exception>
    public JweHeader(params IEnumerable<JsonElement?> headers)
    {
        foreach (var header in headers)
        {
            if (header is not { } present) continue;
            if (present.ValueKind != JsonValueKind.Object) throw JweDocument.Malformed();
            foreach (var member in present.EnumerateObject())
            {
                if (member.Name is "zip" or "crit") throw new DocumentException($"the header of the JWE has \"{member.Name}\", which is not accepted");
                if (!_members.TryAdd(member.Name, member.Value)) throw JweDocument.Malformed();
            }
        }
    }

    public string? Algorithm => Text("alg");

    public string? Encryption => Text("enc");

    public string? KeyId => Text("kid");

    public JsonElement? EphemeralKey => _members.TryGetValue("epk", out var key) ? key : null;

    /// <returns>Empty where it has none.</returns>
    public byte[] Bytes(string name) => Text(name) is not { } text ? [] : JweDocument.Decode(text);

    private string? Text(string name) =>
        !_members.TryGetValue(name, out var member) ? null
        : member.ValueKind == JsonValueKind.String ? member.GetString()
        : throw JweDocument.Malformed();
}
