using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Executor.Core.Secrets.Documents;

/// <summary>How the content itself is encrypted (RFC 7518, 5).</summary>
internal static class JweContent
{
    public const string Gcm = "A256GCM";
    public const string Cbc = "A128CBC-HS256";
    public const string Accepted = $"accepted are {Gcm} and {Cbc}";
    public const int GcmVectorSize = 12;
    public const int TagSize = 16;

    private const int CbcVectorSize = 16;

    public static bool IsAccepted(string? encryption) => encryption is Gcm or Cbc;

    /// <returns>The plaintext, for the caller to clear; null where the key is another one, or anything was changed.</returns>
    public static byte[]? Decrypt(string encryption, byte[] key, JweDocument jwe)
    {
        if (key.Length != JweKeys.KeySize || jwe.Tag.Length != TagSize) return null;
        try
        {
            return encryption == Gcm ? DecryptGcm(key, jwe) : DecryptCbc(key, jwe);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static byte[]? DecryptGcm(byte[] key, JweDocument jwe)
    {
        if (jwe.Vector.Length != GcmVectorSize) return null;
        using var aes = new AesGcm(key, TagSize);
        var plaintext = new byte[jwe.Ciphertext.Length];
        aes.Decrypt(jwe.Vector, jwe.Ciphertext, jwe.Tag, plaintext, jwe.Authenticated); // leaves nothing where it throws
        return plaintext;
    }

    /// <summary>Encrypt-then-MAC with one half of the key each (5.2.2).</summary>
    private static byte[]? DecryptCbc(byte[] key, JweDocument jwe)
    {
        if (jwe.Vector.Length != CbcVectorSize) return null;
        Span<byte> bits = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bits, 8L * jwe.Authenticated.Length);
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key.AsSpan(0, JweKeys.KeySize / 2));
        mac.AppendData(jwe.Authenticated);
        mac.AppendData(jwe.Vector);
        mac.AppendData(jwe.Ciphertext);
        mac.AppendData(bits);
        if (!CryptographicOperations.FixedTimeEquals(mac.GetHashAndReset().AsSpan(0, TagSize), jwe.Tag)) return null;

        using var aes = Aes.Create();
        aes.SetKey(key.AsSpan(JweKeys.KeySize / 2));
        return aes.DecryptCbc(jwe.Ciphertext, jwe.Vector);
    }
}
