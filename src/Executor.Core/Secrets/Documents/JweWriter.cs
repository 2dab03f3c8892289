using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Executor.Core.Secrets.Documents;

/// <summary>Makes a JWE with A256GCM (RFC 7516, 5.1).</summary>
internal static class JweWriter
{
    public static byte[] Seal(ReadOnlySpan<byte> plaintext, IReadOnlyList<X509Certificate2> certificates)
    {
        var key = RandomNumberGenerator.GetBytes(JweKeys.KeySize);
        try
        {
            var recipients = certificates.Select(certificate => Wrap(key, certificate)).ToList();
            return recipients is [var (header, encryptedKey)]
                ? Compact(plaintext, key, header, encryptedKey)
                : General(plaintext, key, recipients);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static byte[] Compact(ReadOnlySpan<byte> plaintext, byte[] key, Action<Utf8JsonWriter> header, byte[] encryptedKey)
    {
        var authenticated = Base64Url.EncodeToString(Json(json =>
        {
            json.WriteString("enc", JweContent.Gcm);
            header(json);
        }));
        var (vector, ciphertext, tag) = Encrypt(plaintext, key, authenticated);
        return Encoding.ASCII.GetBytes($"{authenticated}.{Base64Url.EncodeToString(encryptedKey)}.{vector}.{ciphertext}.{tag}");
    }

    private static byte[] General(
        ReadOnlySpan<byte> plaintext, byte[] key, List<(Action<Utf8JsonWriter> Header, byte[] EncryptedKey)> recipients)
    {
        var authenticated = Base64Url.EncodeToString(Json(json => json.WriteString("enc", JweContent.Gcm)));
        var (vector, ciphertext, tag) = Encrypt(plaintext, key, authenticated);
        return Json(json =>
        {
            json.WriteString("protected", authenticated);
            json.WriteStartArray("recipients");
            foreach (var (header, encryptedKey) in recipients)
            {
                json.WriteStartObject();
                json.WriteStartObject("header");
                header(json);
                json.WriteEndObject();
                json.WriteString("encrypted_key", Base64Url.EncodeToString(encryptedKey));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("iv", vector);
            json.WriteString("ciphertext", ciphertext);
            json.WriteString("tag", tag);
        }).ToArray();
    }

    /// <summary>The content's key for one recipient, and what its header says of it.</summary>
    private static (Action<Utf8JsonWriter> Header, byte[] EncryptedKey) Wrap(byte[] key, X509Certificate2 certificate)
    {
        using var rsa = certificate.GetRSAPublicKey();
        if (rsa is not null)
        {
            var id = JsonWebKey.Thumbprint(rsa);
            return (json => WriteNames(json, JweKeys.RsaOaep256, id), rsa.Encrypt(key, RSAEncryptionPadding.OaepSHA256));
        }

        using var ec = EcKeys.PublicOf(certificate);
        if (ec is null || EcCurve.Of(ec.PublicKey.ExportParameters().Curve) is not { } curve)
            throw new DocumentException($"the certificate of {DocumentException.Shown(certificate.Subject)} has another key: accepted are RSA and EC on {EcCurve.Accepted}");
        using var ephemeral = ECDiffieHellman.Create(curve.Curve);
        using var other = ec.PublicKey;
        var wrapping = JweKeys.Agree(ephemeral, other, [], []);
        try
        {
            var (point, id) = (ephemeral.PublicKey.ExportParameters().Q, JsonWebKey.Thumbprint(ec));
            return (json =>
            {
                WriteNames(json, JweKeys.EcdhA256Kw, id);
                JsonWebKey.WriteEphemeral(json, curve, point);
            }, KeyWrap.Wrap(wrapping, key));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(wrapping);
        }
    }

    private static void WriteNames(Utf8JsonWriter json, string algorithm, string id)
    {
        json.WriteString("alg", algorithm);
        json.WriteString("kid", id);
    }

    private static (string Vector, string Ciphertext, string Tag) Encrypt(ReadOnlySpan<byte> plaintext, byte[] key, string authenticated)
    {
        var vector = RandomNumberGenerator.GetBytes(JweContent.GcmVectorSize);
        var (ciphertext, tag) = (new byte[plaintext.Length], new byte[JweContent.TagSize]);
        using var aes = new AesGcm(key, JweContent.TagSize);
        aes.Encrypt(vector, plaintext, ciphertext, tag, Encoding.ASCII.GetBytes(authenticated));
        return (Base64Url.EncodeToString(vector), Base64Url.EncodeToString(ciphertext), Base64Url.EncodeToString(tag));
    }

    /// <summary>The names of algorithms stand there as everybody writes them: + is no escape.</summary>
    private static byte[] Json(Action<Utf8JsonWriter> members)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenSpan.ToArray();
    }
}
