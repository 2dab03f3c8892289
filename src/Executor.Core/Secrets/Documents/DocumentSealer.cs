using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace Executor.Core.Secrets.Documents;

/// <summary>The kinds of documents that can be made.</summary>
public enum DocumentFormat
{
    Cms,
    Jwe,
}

/// <summary>Makes documents that <see cref="DocumentOpener"/> opens, and the common tools as well.</summary>
public static class DocumentSealer
{
    /// <summary>What all of them can open.</summary>
    public static DocumentFormat FormatFor(IReadOnlyList<X509Certificate2> recipients) =>
        recipients.All(one => one.GetKeyAlgorithm() == CmsOids.Rsa) ? DocumentFormat.Cms : DocumentFormat.Jwe;

    /// <summary>Encrypts for everybody who has the key to one of the certificates.</summary>
    /// <param name="recipients">At least one: of RSA for CMS, of RSA or EC for JWE.</param>
    /// <returns>CMS in DER: AES-256-CBC, and RSA-OAEP with SHA-256, which openssl cms -decrypt has opened since 1.0.2. JWE: A256GCM,
    /// and RSA-OAEP-256 or ECDH-ES+A256KW; compact for one recipient, general JSON for several.</returns>
    /// <exception cref="DocumentException">There is no recipient, or one has a key that the format does not take.</exception>
    public static byte[] Seal(DocumentFormat format, ReadOnlySpan<byte> plaintext, params IReadOnlyList<X509Certificate2> recipients)
    {
        if (recipients.Count == 0) throw new DocumentException("there is no certificate to encrypt for: accepted are one or more");
        if (plaintext.Length > DocumentOpener.Limit)
            throw new DocumentException($"there are {plaintext.Length} bytes to encrypt: accepted are at most {DocumentOpener.Limit}");
        return format == DocumentFormat.Cms ? SealCms(plaintext, recipients) : JweWriter.Seal(plaintext, recipients);
    }

    /// <summary>Puts a signature around, whether what is inside is encrypted or not.</summary>
    /// <param name="signer">With its private key, RSA or EC.</param>
    /// <param name="intermediates">To be sent along: what leads from the signer to a certificate that the reader trusts.</param>
    /// <returns>CMS in DER, with SHA-256.</returns>
    public static byte[] Sign(ReadOnlySpan<byte> document, X509Certificate2 signer, params IReadOnlyList<X509Certificate2> intermediates)
    {
        if (!signer.HasPrivateKey)
            throw new DocumentException($"the certificate of {DocumentException.Shown(signer.Subject)} cannot sign: accepted is one with its private key");
        var cms = new SignedCms(new ContentInfo(document.ToArray()));
        var by = new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, signer)
        {
            IncludeOption = X509IncludeOption.EndCertOnly,
            DigestAlgorithm = new Oid(CmsOids.Sha256),
        };
        foreach (var intermediate in intermediates) by.Certificates.Add(intermediate);
        cms.ComputeSignature(by);
        return cms.Encode();
    }

    private static byte[] SealCms(ReadOnlySpan<byte> plaintext, IReadOnlyList<X509Certificate2> certificates)
    {
        var recipients = new CmsRecipientCollection();
        foreach (var certificate in certificates)
        {
            using var key = certificate.GetRSAPublicKey()
                ?? throw new DocumentException($"the certificate of {DocumentException.Shown(certificate.Subject)} has no RSA key: CMS is made for RSA keys only, use JWE for EC keys");
            recipients.Add(new CmsRecipient(SubjectIdentifierType.IssuerAndSerialNumber, certificate, RSAEncryptionPadding.OaepSHA256));
        }

        var content = plaintext.ToArray();
        try
        {
            var cms = new EnvelopedCms(new ContentInfo(content), new AlgorithmIdentifier(new Oid(CmsOids.Aes256Cbc)));
            cms.Encrypt(recipients);
            return cms.Encode();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }
}
