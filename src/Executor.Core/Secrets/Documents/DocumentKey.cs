using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Executor.Core.Secrets.Documents;

/// <summary>
/// Our private key, RSA or EC, and the certificate that documents are made for. Whether that is still
/// valid is not asked here. Whoever made it disposes it, and with it the key.
/// </summary>
public sealed class DocumentKey : IDisposable
{
    private const string Accepted = "accepted are the PEM blocks PRIVATE KEY, RSA PRIVATE KEY and EC PRIVATE KEY, of RSA or EC";

    private DocumentKey(X509Certificate2? certificate, RSA? rsa, ECDiffieHellman? ec) =>
        (Certificate, Rsa, Ec, Thumbprint) = (certificate, rsa, ec, rsa is null ? JsonWebKey.Thumbprint(ec!) : JsonWebKey.Thumbprint(rsa));

    /// <summary>Null for a bare key. It lives as long as this.</summary>
    public X509Certificate2? Certificate { get; }

    /// <summary>RFC 7638's thumbprint of the public key: the kid that <see cref="DocumentSealer"/> writes.</summary>
    public string Thumbprint { get; }

    internal RSA? Rsa { get; }

    internal ECDiffieHellman? Ec { get; }

    /// <param name="certificatePem">Null for a bare key; of a chain, the first is ours.</param>
    /// <param name="keyPem">PKCS#8, PKCS#1 or SEC1; other blocks in it are passed over.</param>
    /// <exception cref="DocumentException">One of the two cannot be read, or they do not belong together.</exception>
    public static DocumentKey FromPem(string? certificatePem, string keyPem)
    {
        var certificate = certificatePem is null ? null : ReadCertificate(certificatePem);
        RSA? rsa = null;
        ECDiffieHellman? ec = null;
        try
        {
            ReadKey(keyPem, out rsa, out ec);
            var own = rsa?.ExportSubjectPublicKeyInfo() ?? ec!.ExportSubjectPublicKeyInfo();
            if (certificate is not null && !certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(own))
                throw new DocumentException("the private key is not that of the certificate: accepted are the two of one pair");
            return new DocumentKey(certificate, rsa, ec);
        }
        catch
        {
            certificate?.Dispose();
            rsa?.Dispose();
            ec?.Dispose();
            throw;
        }
    }

    /// <param name="certificate">With its private key; stays the caller's.</param>
    /// <exception cref="DocumentException">It has none, or one that is neither RSA nor EC.</exception>
    public static DocumentKey Of(X509Certificate2 certificate)
    {
        var rsa = certificate.GetRSAPrivateKey();
        var ec = rsa is null ? EcKeys.PrivateOf(certificate) : null;
        if (rsa is null && ec is null)
            throw new DocumentException($"the certificate of {DocumentException.Shown(certificate.Subject)} has no private key of RSA or EC");
        return new DocumentKey(X509CertificateLoader.LoadCertificate(certificate.RawDataMemory.Span), rsa, ec);
    }

    public void Dispose()
    {
        Rsa?.Dispose();
        Ec?.Dispose();
        Certificate?.Dispose();
    }

    private static X509Certificate2 ReadCertificate(string pem)
    {
        try
        {
            return X509Certificate2.CreateFromPem(pem);
        }
        catch (CryptographicException)
        {
            throw new DocumentException("the certificate cannot be read: accepted is PEM with a block CERTIFICATE");
        }
    }

    private static void ReadKey(string pem, out RSA? rsa, out ECDiffieHellman? ec)
    {
        for (var rest = pem.AsSpan(); PemEncoding.TryFind(rest, out var found); rest = rest[found.Location.End..])
        {
            var label = rest[found.Label].ToString();
            if (!label.EndsWith("PRIVATE KEY", StringComparison.Ordinal)) continue;
            if (label == "ENCRYPTED PRIVATE KEY")
                throw new DocumentException("the private key is encrypted: accepted is one without a passphrase");
            var der = new byte[found.DecodedDataLength];
            try
            {
                _ = Convert.TryFromBase64Chars(rest[found.Base64Data], der, out _);
                rsa = Import(RSA.Create(), label, "RSA PRIVATE KEY", der, (key, bytes) => key.ImportRSAPrivateKey(bytes, out _));
                ec = rsa is not null
                    ? null
                    : Import(ECDiffieHellman.Create(), label, "EC PRIVATE KEY", der, (key, bytes) => key.ImportECPrivateKey(bytes, out _));
                if (rsa is not null || ec is not null) return;
            }
            finally
            {
                CryptographicOperations.ZeroMemory(der);
            }

            break;
        }

        throw new DocumentException($"the private key cannot be read: {Accepted}");
    }

    /// <returns>Null, and the key disposed, where these bytes are of another kind.</returns>
    private static T? Import<T>(T key, string label, string ownLabel, byte[] der, Action<T, byte[]> importOwn)
        where T : AsymmetricAlgorithm
    {
        try
        {
            if (label == "PRIVATE KEY")
            {
                key.ImportPkcs8PrivateKey(der, out _);
                return key;
            }

            if (label == ownLabel)
            {
                importOwn(key, der);
                return key;
            }
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            // of another kind, of a curve that nobody here knows, or broken: the caller tells
        }

        key.Dispose();
        return null;
    }
}
