using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Executor.Core.Secrets.Documents;

namespace Executor.Core.Tests.Secrets.Documents;

/// <summary>A certificate with its key, by itself or by another one.</summary>
internal sealed class Identity
{
    private static int _serial = 4096;

    private readonly AsymmetricAlgorithm _key;

    private Identity(AsymmetricAlgorithm key, X509Certificate2 certificate) => (_key, Certificate) = (key, certificate);

    /// <summary>The time in these tests; certificates are valid from the day before to the day after.</summary>
    public static DateTimeOffset Now { get; } = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    /// <summary>Without its key.</summary>
    public X509Certificate2 Certificate { get; }

    public string KeyPem => _key.ExportPkcs8PrivateKeyPem();

    public bool IsRsa => _key is RSA;

    public RSA Rsa => (RSA)_key;

    public ECDsa Ec => (ECDsa)_key;

    public static Identity OfRsa(
        string name, Identity? by = null, bool isAuthority = false, X509KeyUsageFlags? usage = null, DateTimeOffset? until = null) =>
        Make(RSA.Create(2048), name, by, isAuthority, usage, until);

    public static Identity OfEc(string name, string curve = "P-256", Identity? by = null, X509KeyUsageFlags? usage = null) =>
        Make(ECDsa.Create(CurveOf(curve)), name, by, false, usage, null);

    /// <summary>Another certificate for the same key.</summary>
    public Identity Renew() => Make(_key, Certificate.Subject, null, false, null, null);

    public DocumentKey Key() => DocumentKey.FromPem(Certificate.ExportCertificatePem(), KeyPem);

    public DocumentSigners AsSigners() => DocumentSigners.FromPem(Certificate.ExportCertificatePem());

    /// <summary>The certificate with its key, to sign with.</summary>
    public X509Certificate2 WithKey() => X509Certificate2.CreateFromPem(Certificate.ExportCertificatePem(), KeyPem);

    public byte[] Sign(byte[] document, params X509Certificate2[] intermediates)
    {
        using var signer = WithKey();
        return DocumentSealer.Sign(document, signer, intermediates);
    }

    private static ECCurve CurveOf(string name) => name switch
    {
        "P-256" => ECCurve.NamedCurves.nistP256,
        "P-384" => ECCurve.NamedCurves.nistP384,
        _ => ECCurve.NamedCurves.nistP521,
    };

    private static Identity Make(
        AsymmetricAlgorithm key, string name, Identity? by, bool isAuthority, X509KeyUsageFlags? usage, DateTimeOffset? until)
    {
        var subject = new X500DistinguishedName(name);
        var request = key is RSA rsa
            ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false)); // for openssl -keyid
        if (usage is { } flags) request.CertificateExtensions.Add(new X509KeyUsageExtension(flags, true));
        var signing = by?._key ?? key;
        var generator = signing is RSA rsaKey
            ? X509SignatureGenerator.CreateForRSA(rsaKey, RSASignaturePadding.Pkcs1)
            : X509SignatureGenerator.CreateForECDsa((ECDsa)signing);
        var serial = BitConverter.GetBytes(Interlocked.Increment(ref _serial));
        Array.Reverse(serial);
        var end = until ?? Now.AddDays(1);
        return new Identity(key, request.Create(by?.Certificate.SubjectName ?? subject, generator, end.AddDays(-2), end, serial));
    }
}
