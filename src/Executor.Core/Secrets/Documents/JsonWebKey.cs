using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Executor.Core.Secrets.Documents;

/// <summary>Public keys as RFC 7517 and 7518 write them.</summary>
internal static class JsonWebKey
{
    /// <summary>RFC 7638: a digest over the required members in the order of their names.</summary>
    public static string Thumbprint(RSA key)
    {
        var parameters = key.ExportParameters(false);
        return Digest($$"""{"e":"{{Text(parameters.Exponent!)}}","kty":"RSA","n":"{{Text(parameters.Modulus!)}}"}""");
    }

    /// <inheritdoc cref="Thumbprint(RSA)"/>
    public static string Thumbprint(ECDiffieHellman key)
    {
        var point = key.PublicKey.ExportParameters();
        var curve = EcCurve.Of(point.Curve)?.Name ?? "other";
        return Digest($$"""{"crv":"{{curve}}","kty":"EC","x":"{{Text(point.Q.X!)}}","y":"{{Text(point.Q.Y!)}}"}""");
    }

    /// <summary>The member epk of a header (RFC 7518, 4.6.1.1).</summary>
    public static void WriteEphemeral(Utf8JsonWriter json, EcCurve curve, ECPoint point)
    {
        json.WriteStartObject("epk");
        json.WriteString("kty", "EC");
        json.WriteString("crv", curve.Name);
        json.WriteString("x", Text(point.X!));
        json.WriteString("y", Text(point.Y!));
        json.WriteEndObject();
    }

    /// <summary>Reads it.</summary>
    /// <returns>Null where it is no point of this curve.</returns>
    public static ECDiffieHellman? ReadEphemeral(JsonElement key, EcCurve curve)
    {
        if (key.ValueKind != JsonValueKind.Object || Member(key, "kty") != "EC" || Member(key, "crv") != curve.Name) return null;
        if (Coordinate(key, "x", curve) is not { } x || Coordinate(key, "y", curve) is not { } y) return null;
        try
        {
            return ECDiffieHellman.Create(new ECParameters { Curve = curve.Curve, Q = new ECPoint { X = x, Y = y } });
        }
        catch (CryptographicException)
        {
            return null; // not on the curve
        }
    }

    private static byte[]? Coordinate(JsonElement key, string name, EcCurve curve) =>
        Member(key, name) is { } text && JoseBase64.TryDecode(Encoding.UTF8.GetBytes(text), out var bytes) && bytes.Length == curve.Size
            ? bytes
            : null;

    private static string? Member(JsonElement key, string name) =>
        key.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);

    private static string Digest(string json) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
}
