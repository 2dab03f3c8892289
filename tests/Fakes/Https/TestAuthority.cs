using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Executor.Tests.Fakes.Https;

/// <summary>A certificate with its key, in PEM.</summary>
public sealed record TestCertificate(string Pem, string KeyPem) : IDisposable
{
    private readonly Lazy<X509Certificate2> _certificate = new(() => X509Certificate2.CreateFromPem(Pem, KeyPem));

    public X509Certificate2 Certificate => _certificate.Value;

    public void Dispose()
    {
        if (_certificate.IsValueCreated) _certificate.Value.Dispose();
    }
}

/// <summary>A certificate authority that lives as long as a test.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;

    public TestAuthority(string name = "Test Authority")
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _root = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddYears(-1), TimeProvider.System.GetUtcNow().AddYears(1));
    }

    public X509Certificate2 Root => _root;

    public string Pem => _root.ExportCertificatePem();

    /// <summary>Certifies a key, of RSA where nothing else is said.</summary>
    public TestCertificate Issue(
        string name, DateTimeOffset? notBefore = null, DateTimeOffset? notAfter = null, ECCurve? curve = null)
    {
        using var rsa = curve is null ? RSA.Create(2048) : null;
        using var ec = curve is { } chosen ? ECDsa.Create(chosen) : null;
        var request = rsa is not null
            ? new CertificateRequest($"CN={name}", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest($"CN={name}", ec!, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var issued = request.Create(
            _root.SubjectName, X509SignatureGenerator.CreateForECDsa(_key),
            notBefore ?? TimeProvider.System.GetUtcNow().AddHours(-1), notAfter ?? TimeProvider.System.GetUtcNow().AddDays(30), RandomNumberGenerator.GetBytes(12));
        return new TestCertificate(issued.ExportCertificatePem(), rsa?.ExportPkcs8PrivateKeyPem() ?? ec!.ExportPkcs8PrivateKeyPem());
    }

    public bool HasIssued(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.Add(_root);
        return chain.Build(certificate);
    }

    public void Dispose()
    {
        _root.Dispose();
        _key.Dispose();
    }
}
