using System.Buffers.Text;

namespace Executor.Core.Tests.Secrets.Documents;

/// <summary>A private key as a JSON Web Key, for tools that take no other.</summary>
internal static class Jwk
{
    public static string Of(Identity identity)
    {
        if (identity.IsRsa)
        {
            var rsa = identity.Rsa.ExportParameters(true);
            return $$"""{"kty":"RSA","n":"{{Text(rsa.Modulus)}}","e":"{{Text(rsa.Exponent)}}","d":"{{Text(rsa.D)}}","p":"{{Text(rsa.P)}}","q":"{{Text(rsa.Q)}}","dp":"{{Text(rsa.DP)}}","dq":"{{Text(rsa.DQ)}}","qi":"{{Text(rsa.InverseQ)}}"}""";
        }

        var ec = identity.Ec.ExportParameters(true);
        var curve = ec.D!.Length switch { 32 => "P-256", 48 => "P-384", _ => "P-521" };
        return $$"""{"kty":"EC","crv":"{{curve}}","x":"{{Text(ec.Q.X)}}","y":"{{Text(ec.Q.Y)}}","d":"{{Text(ec.D)}}"}""";
    }

    private static string Text(byte[]? bytes) => Base64Url.EncodeToString(bytes);
}
