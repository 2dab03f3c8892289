using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Executor.Core.Secrets.Documents;

namespace Executor.Core.Tests.Secrets.Documents;

internal sealed class DocumentKeyTests : DocumentTests
{
    [TestCase("openssl pkey -in app.key -out out")]
    [TestCase("openssl rsa -in app.key -traditional -out out")]
    [TestCase("openssl pkey -in app.key -out key; cat app.crt key > out")]
    public async Task An_RSA_key_is_read_in_each_form(string script)
    {
        Put("app", Rsa);
        var document = DocumentSealer.Seal(DocumentFormat.Cms, Bytes(Plaintext), Rsa.Certificate);

        AssertOpens(document, await RunAsync(script));
    }

    [TestCase("openssl pkey -in app.key -out out")]
    [TestCase("openssl ec -in app.key -out out")]
    [TestCase("openssl ecparam -name prime256v1 -out out; openssl ec -in app.key >> out")]
    public async Task An_EC_key_is_read_in_each_form(string script)
    {
        var ec = Identity.OfEc("CN=ec");
        Put("app", ec);
        var document = DocumentSealer.Seal(DocumentFormat.Jwe, Bytes(Plaintext), ec.Certificate);

        AssertOpens(document, await RunAsync(script));
    }

    /// <summary>Those for TLS are for signatures, and are what applications have.</summary>
    [Test]
    public void A_certificate_with_its_key_opens_whatever_its_key_usage(
        [Values(X509KeyUsageFlags.DigitalSignature, X509KeyUsageFlags.KeyAgreement)] X509KeyUsageFlags usage, [Values] bool rsa)
    {
        var identity = rsa ? Identity.OfRsa("CN=app", usage: usage) : Identity.OfEc("CN=app", usage: usage);
        using var certificate = identity.WithKey();
        using var key = DocumentKey.Of(certificate);

        var document = DocumentSealer.Seal(DocumentFormat.Jwe, Bytes(Plaintext), identity.Certificate);

        Assert.That(new DocumentOpener(key, null, Time).Open(document), Is.EqualTo(Bytes(Plaintext)));
    }

    [Test]
    public void A_certificate_without_its_key_is_refused() => Assert.That(
        ErrorOf(() => $"{DocumentKey.Of(Rsa.Certificate)}"), Is.EqualTo("the certificate of CN=app has no private key of RSA or EC"));

    [Test]
    public void Of_a_chain_the_first_certificate_is_ours()
    {
        var chain = Rsa.Certificate.ExportCertificatePem() + "\n" + Identity.OfRsa("CN=ca").Certificate.ExportCertificatePem();
        using var key = DocumentKey.FromPem(chain, Rsa.KeyPem);

        Assert.That(key.Certificate!.Subject, Is.EqualTo("CN=app"));
    }

    [TestCase("")]
    [TestCase("secret")]
    [TestCase("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----")]
    [TestCase("-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----")]
    [TestCase("-----BEGIN DSA PRIVATE KEY-----\nc2VjcmV0\n-----END DSA PRIVATE KEY-----")]
    public void What_is_no_key_is_refused(string pem) => Assert.That(
        ErrorOf(() => $"{DocumentKey.FromPem(null, pem)}"),
        Is.EqualTo("the private key cannot be read: accepted are the PEM blocks PRIVATE KEY, RSA PRIVATE KEY and EC PRIVATE KEY, of RSA or EC"));

    /// <summary>The object identifier of the curve is in both encodings of a key: one that is nobody's takes its place.</summary>
    [TestCase("PRIVATE KEY")]
    [TestCase("EC PRIVATE KEY")]
    public void A_key_of_a_curve_that_nobody_knows_is_refused(string label)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var der = label == "PRIVATE KEY" ? key.ExportPkcs8PrivateKey() : key.ExportECPrivateKey();
        der[der.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]) + 1] ^= 0x40;

        Assert.That(ErrorOf(() => $"{DocumentKey.FromPem(null, PemEncoding.WriteString(label, der))}"), Does.StartWith("the private key cannot be read: accepted are"));
    }

    [Test]
    public void An_encrypted_key_is_refused()
    {
        var pem = Rsa.Rsa.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1));

        Assert.That(ErrorOf(() => $"{DocumentKey.FromPem(null, pem)}"), Is.EqualTo("the private key is encrypted: accepted is one without a passphrase"));
    }

    [Test]
    public async Task A_key_of_another_kind_is_refused()
    {
        var pem = Encoding.ASCII.GetString(await RunAsync("openssl genpkey -algorithm ed25519 -out out"));

        Assert.That(ErrorOf(() => $"{DocumentKey.FromPem(null, pem)}"), Does.StartWith("the private key cannot be read: accepted are"));
    }

    [Test]
    public void What_is_no_certificate_is_refused() => Assert.That(
        ErrorOf(() => $"{DocumentKey.FromPem("secret", Rsa.KeyPem)}"),
        Is.EqualTo("the certificate cannot be read: accepted is PEM with a block CERTIFICATE"));

    private static void AssertOpens(byte[] document, byte[] keyPem)
    {
        using var key = DocumentKey.FromPem(null, Encoding.ASCII.GetString(keyPem));
        Assert.That(new DocumentOpener(key, null, Time).Open(document), Is.EqualTo(Bytes(Plaintext)));
    }
}
