using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;

namespace Executor.Core.Secrets.Documents;

/// <summary>
/// EnvelopedData (RFC 5652, 6). It carries no proof that it is unchanged: damage shows in the padding or in what is read from
/// the plaintext, unless it is signed.
/// </summary>
internal static class CmsEnvelope
{
    /// <summary>How many recipients are tried; each costs an operation with the private key.</summary>
    private const int MostAttempts = 16;

    private const string AcceptedCiphers = "accepted are AES-128-CBC, AES-192-CBC and AES-256-CBC";
    private const string AcceptedTransports = "accepted are RSA PKCS#1 v1.5, and RSA-OAEP with SHA-1 or SHA-256 for both digest and mask";

    public static byte[] Open(ReadOnlySpan<byte> document, DocumentKey? key)
    {
        var cms = new EnvelopedCms();
        try
        {
            cms.Decode(document);
        }
        catch (CryptographicException)
        {
            throw CmsContent.Malformed();
        }

        if (cms.ContentEncryptionAlgorithm.Oid.Value is not (CmsOids.Aes128Cbc or CmsOids.Aes192Cbc or CmsOids.Aes256Cbc) and var cipher)
            throw new DocumentException($"the CMS document is encrypted with {CmsOids.Name(cipher)}: {AcceptedCiphers}");
        if (key is null)
            throw new DocumentException("the CMS document is encrypted, and there is no key to open it with");
        if (key.Rsa is null)
            throw new DocumentException("the CMS document is encrypted, and our key is an EC key: CMS is opened with RSA keys only, use JWE for EC keys");

        var recipients = Recipients(cms, key);
        foreach (var recipient in recipients.Take(MostAttempts))
        {
            try
            {
                cms.Decrypt(recipient, key.Rsa);
                return Content(cms.ContentInfo);
            }
            catch (CryptographicException)
            {
                // not for this key, or damaged: the two are told apart by who it was made for, never by what failed
            }
        }

        throw new DocumentException(recipients.Exists(recipient => IsOurs(recipient, key.Certificate))
            ? "the CMS document was made for our certificate, and does not open: it is damaged or cut off"
            : $"the CMS document does not open with our key: it was made for {Names(recipients)}; ours is {Name(key.Certificate)}");
    }

    /// <summary>Those with an accepted algorithm, ours first. The rest is tried as well: certificates are renewed with the same key.</summary>
    private static List<KeyTransRecipientInfo> Recipients(EnvelopedCms cms, DocumentKey key)
    {
        var transports = cms.RecipientInfos.Cast<RecipientInfo>().OfType<KeyTransRecipientInfo>().ToList();
        if (transports.Count == 0)
            throw new DocumentException($"the CMS document has no RSA recipient: {AcceptedTransports}; use JWE for EC keys");
        var accepted = transports.Where(recipient => Refusal(recipient.KeyEncryptionAlgorithm) is null)
            .OrderByDescending(recipient => IsOurs(recipient, key.Certificate))
            .ToList();
        return accepted.Count > 0
            ? accepted
            : throw new DocumentException($"the key of the CMS document is encrypted with {Refusal(transports[0].KeyEncryptionAlgorithm)}: {AcceptedTransports}");
    }

    /// <returns>The name of an algorithm that is not accepted.</returns>
    private static string? Refusal(AlgorithmIdentifier algorithm)
    {
        if (algorithm.Oid.Value == CmsOids.Rsa) return null;
        if (algorithm.Oid.Value != CmsOids.RsaOaep) return CmsOids.Name(algorithm.Oid.Value);
        return OaepParameters.Digest(algorithm.Parameters) switch
        {
            CmsOids.Sha1 or CmsOids.Sha256 => null,
            null => "RSA-OAEP with other parameters",
            var digest => $"RSA-OAEP with {CmsOids.Name(digest)}",
        };
    }

    private static byte[] Content(ContentInfo info)
    {
        if (info.ContentType.Value == CmsOids.Data) return info.Content;
        try
        {
            return CmsContent.Wrap(info.ContentType.Value!, info.Content);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(info.Content);
        }
    }

    private static bool IsOurs(KeyTransRecipientInfo recipient, X509Certificate2? ours) => ours is not null && recipient.RecipientIdentifier.MatchesCertificate(ours);

    private static string Names(List<KeyTransRecipientInfo> recipients)
    {
        var names = string.Join(", ", recipients.Take(3).Select(recipient => recipient.RecipientIdentifier.Value switch
        {
            X509IssuerSerial id => $"serial {DocumentException.Shown(id.SerialNumber)} of {DocumentException.Shown(id.IssuerName)}",
            var id => $"subject key identifier {DocumentException.Shown(id as string ?? "none")}",
        }));
        return recipients.Count > 3 ? $"{names} and {recipients.Count - 3} more" : names;
    }

    private static string Name(X509Certificate2? ours) => ours is null
        ? "a key without a certificate"
        : $"serial {ours.SerialNumber} of {DocumentException.Shown(ours.Issuer)}";
}
