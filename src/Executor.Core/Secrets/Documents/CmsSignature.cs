using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace Executor.Core.Secrets.Documents;

/// <summary>SignedData (RFC 5652, 5). Countersignatures are passed over: they say nothing about the content.</summary>
internal static class CmsSignature
{
    private const int MostSigners = 16;
    private const int MostCertificates = 64;

    private static readonly string[] Digests = [CmsOids.Sha256, CmsOids.Sha384, CmsOids.Sha512];

    /// <returns>The content, once every signature over it has been verified.</returns>
    public static byte[] Open(ReadOnlySpan<byte> document, DocumentSigners? signers, DateTimeOffset now)
    {
        var cms = new SignedCms();
        try
        {
            cms.Decode(document);
        }
        catch (CryptographicException)
        {
            throw CmsContent.Malformed();
        }

        if (cms.SignerInfos.Count is 0 or > MostSigners)
            throw new DocumentException($"the signed document has {cms.SignerInfos.Count} signers: accepted are 1 to {MostSigners}");
        var certificates = cms.Certificates;
        if (certificates.Count > MostCertificates)
            throw new DocumentException($"the signed document has {certificates.Count} certificates: accepted are at most {MostCertificates}");
        if (cms.Detached || cms.ContentInfo.Content.Length == 0)
            throw new DocumentException("the signed document has no content: accepted is one with its content inside, as openssl cms -sign -nodetach makes it");

        foreach (var signer in cms.SignerInfos)
        {
            var certificate = Verify(signer, signers);
            signers?.Check(certificate, certificates, now);
        }

        var type = cms.ContentInfo.ContentType.Value!;
        return type == CmsOids.Data ? cms.ContentInfo.Content : CmsContent.Wrap(type, cms.ContentInfo.Content);
    }

    private static X509Certificate2 Verify(SignerInfo signer, DocumentSigners? signers)
    {
        if (!Digests.Contains(signer.DigestAlgorithm.Value))
            throw new DocumentException($"the document is signed with {CmsOids.Name(signer.DigestAlgorithm.Value)}: accepted are SHA-256, SHA-384 and SHA-512");
        var certificate = signer.Certificate ?? signers?.Find(signer.SignerIdentifier)
            ?? throw new DocumentException("the signed document lacks the certificate of its signer");
        try
        {
            signer.CheckSignature([certificate], verifySignatureOnly: true);
            return certificate;
        }
        catch (CryptographicException)
        {
            throw new DocumentException($"the signature of {DocumentException.Shown(certificate.Subject)} is wrong: the document was changed after it was signed{(signer.SignatureAlgorithm.Value == CmsOids.RsaPss ? ", or the salt of RSA-PSS is not as long as the digest" : "")}");
        }
    }
}
