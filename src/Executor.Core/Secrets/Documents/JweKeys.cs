using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Executor.Core.Secrets.Documents;

/// <summary>How a content's key is encrypted for a recipient (RFC 7518, 4).</summary>
internal static class JweKeys
{
    public const string RsaOaep = "RSA-OAEP";
    public const string RsaOaep256 = "RSA-OAEP-256";
    public const string EcdhA256Kw = "ECDH-ES+A256KW";
    public const string Accepted = $"accepted are {RsaOaep}, {RsaOaep256} and {EcdhA256Kw}";

    /// <summary>Of all encryptions that are accepted here.</summary>
    public const int KeySize = 32;

    public static bool IsAccepted(string? algorithm) => algorithm is RsaOaep or RsaOaep256 or EcdhA256Kw;

    public static bool Fits(JweHeader header, DocumentKey key) => header.Algorithm == EcdhA256Kw ? key.Ec is not null : key.Rsa is not null;

    /// <returns>The content's key, for the caller to clear; null where this key does not fit or the encrypted one is damaged.</returns>
    public static byte[]? Unwrap(JweRecipient recipient, DocumentKey key)
    {
        if (recipient.Header.Algorithm == EcdhA256Kw) return UnwrapEc(recipient, key.Ec!);
        try
        {
            return key.Rsa!.Decrypt(
                recipient.EncryptedKey, recipient.Header.Algorithm == RsaOaep ? RSAEncryptionPadding.OaepSHA1 : RSAEncryptionPadding.OaepSHA256);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>The key that both sides derive from one's private and the other's public key (RFC 7518, 4.6.2).</summary>
    public static byte[] Agree(ECDiffieHellman own, ECDiffieHellmanPublicKey other, ReadOnlySpan<byte> apu, ReadOnlySpan<byte> apv)
    {
        // One round of NIST SP 800-56A's concatenation: its counter, the secret, then who agrees on what.
        byte[] information =
        [
            .. Number(EcdhA256Kw.Length), .. "ECDH-ES+A256KW"u8, .. Number(apu.Length), .. apu, .. Number(apv.Length), .. apv, .. Number(8 * KeySize),
        ];
        return own.DeriveKeyFromHash(other, HashAlgorithmName.SHA256, Number(1), information);
    }

    private static byte[]? UnwrapEc(JweRecipient recipient, ECDiffieHellman key)
    {
        if (EcCurve.Of(key.PublicKey.ExportParameters().Curve) is not { } curve || recipient.Header.EphemeralKey is not { } ephemeral) return null;
        using var other = JsonWebKey.ReadEphemeral(ephemeral, curve);
        if (other is null) return null;
        using var otherKey = other.PublicKey;
        var wrapping = Agree(key, otherKey, recipient.Header.Bytes("apu"), recipient.Header.Bytes("apv"));
        try
        {
            return KeyWrap.Unwrap(wrapping, recipient.EncryptedKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(wrapping);
        }
    }

    private static byte[] Number(int value)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
