using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Executor.Core.Hooks;
using Executor.Core.Secrets;
using Executor.Tests.Fakes.Https;
using Microsoft.Extensions.Time.Testing;

namespace Executor.Core.Tests.Secrets;

/// <summary>What counts as a task's certificate, and what is said of one that does not.</summary>
[CancelAfter(60_000)]
public sealed class IdentityTests
{
    private readonly ConfigurationRig _rig = new();

    [OneTimeTearDown]
    public void Delete() => _rig.Dispose();

    [Test]
    public void A_key_of_a_curve_that_nobody_knows_is_refused()
    {
        using var own = _rig.Authority.Issue("own", curve: ECCurve.NamedCurves.nistP256);
        using var ec = own.Certificate.GetECDsaPrivateKey()!;
        var der = ec.ExportECPrivateKey();
        der[der.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]) + 1] ^= 0x40;
        var environment = new Dictionary<string, string> { ["CERTIFICATE"] = own.Pem, ["CERTIFICATE_KEY"] = PemEncoding.WriteString("EC PRIVATE KEY", der) };

        Assert.That(
            () => Identity.Read(environment, null, TimeProvider.System, _ => { }),
            Throws.TypeOf<HookException>().With.Message.StartsWith("the key of CERTIFICATE_KEY cannot be read"));
    }

    [TestCase("RSA PKCS#8")]
    [TestCase("RSA PKCS#1")]
    [TestCase("EC PKCS#8")]
    [TestCase("EC SEC1")]
    public void Every_common_form_of_a_key_is_read(string form)
    {
        using var own = _rig.Authority.Issue("own", curve: form.StartsWith("EC", StringComparison.Ordinal) ? ECCurve.NamedCurves.nistP384 : null);
        using var rsa = own.Certificate.GetRSAPrivateKey();
        using var ec = own.Certificate.GetECDsaPrivateKey();
        var certificate = own.Pem;
        var key = form switch
        {
            "RSA PKCS#1" => rsa!.ExportRSAPrivateKeyPem(),
            "EC SEC1" => ec!.ExportECPrivateKeyPem(),
            _ => own.KeyPem,
        };
        foreach (var environment in new Dictionary<string, string>[]
        {
            new() { ["CERTIFICATE"] = certificate, ["CERTIFICATE_KEY"] = key },
            new() { ["CERTIFICATE"] = certificate + "\n" + key },
            new() { ["CERTIFICATE"] = key + "\n" + certificate },
            new() { ["CERTIFICATE_FILE"] = _rig.Put("c.pem", certificate), ["CERTIFICATE_KEY_FILE"] = _rig.Put("k.pem", key) },
            new() { ["CERTIFICATE_FILE"] = _rig.Put("both.pem", certificate + "\n" + key) },
        })
        {
            var learned = new List<string>();
            using var identity = Identity.Read(environment, null, TimeProvider.System, learned.Add);
            Assert.That(learned.Single(), Does.Contain(key));
            Assert.That(identity.Certificate.HasPrivateKey);
        }
    }

    [Test]
    public void Of_a_chain_the_first_is_the_task_s()
    {
        var environment = Of(_rig.Own.Pem + "\n" + _rig.Authority.Pem, _rig.Own.KeyPem);

        using var identity = Identity.Read(environment, [_rig.Authority.Root], TimeProvider.System, _ => { });

        Assert.That(identity.Certificate.Subject, Is.EqualTo("CN=payments-eu-checkout"));
        Assert.That(identity.Chain, Has.Count.EqualTo(1));
    }

    [Test]
    public void What_is_missing_or_malformed_is_named_and_not_shown()
    {
        using var other = _rig.Authority.Issue("other");
        Assert.Multiple(() =>
        {
            Assert.That(Error([]), Is.EqualTo("the task has no certificate: neither CERTIFICATE nor CERTIFICATE_FILE is set"));
            Assert.That(Error(Of("planted", _rig.Own.KeyPem)), Is.EqualTo("CERTIFICATE holds no certificate: accepted is PEM, BEGIN CERTIFICATE"));
            Assert.That(
                Error(Of("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", _rig.Own.KeyPem)),
                Is.EqualTo("CERTIFICATE holds a CERTIFICATE block that is no certificate: accepted is PEM"));
            Assert.That(Error(Of(_rig.Own.Pem, "planted")), Does.StartWith("CERTIFICATE_KEY holds no private key: accepted is PEM"));
            Assert.That(Error(Of(_rig.Own.Pem, null)), Does.StartWith("CERTIFICATE holds no private key: accepted is PEM"));
            Assert.That(
                Error(Of(_rig.Own.Pem, other.KeyPem)),
                Does.StartWith("the key of CERTIFICATE_KEY cannot be read, or is not that of the certificate of CERTIFICATE"));
            Assert.That(
                Error(new Dictionary<string, string> { ["CERTIFICATE_FILE"] = "/no/such/file" }),
                Does.StartWith("CERTIFICATE_FILE \"/no/such/file\" cannot be read: "));
        });
    }

    [Test]
    public void A_certificate_out_of_its_time_says_what_that_is()
    {
        var environment = Of(_rig.Own.Pem, _rig.Own.KeyPem);
        var (from, until) = (_rig.Own.Certificate.NotBefore.ToUniversalTime(), _rig.Own.Certificate.NotAfter.ToUniversalTime());

        Assert.That(Error(environment, new FakeTimeProvider(until)), Is.EqualTo($"the task's certificate has expired: it was valid until {until:yyyy-MM-ddTHH:mm:ssZ}"));
        Assert.That(Error(environment, new FakeTimeProvider(from.AddSeconds(-1))), Is.EqualTo($"the task's certificate is valid only from {from:yyyy-MM-ddTHH:mm:ssZ}"));
    }

    [Test]
    public void A_certificate_of_another_authority_is_refused()
    {
        using var other = new TestAuthority("Another Authority");
        using var own = other.Issue("payments-eu-checkout");

        var error = Assert.Throws<HookException>(() => Identity.Read(Of(own.Pem, own.KeyPem), [_rig.Authority.Root], TimeProvider.System, _ => { }))!.Message;

        Assert.That(error, Does.StartWith("the task's certificate, CN=payments-eu-checkout of CN=Another Authority, is from none of EXECUTOR_CA_BUNDLE: "));
    }

    private static Dictionary<string, string> Of(string certificate, string? key) =>
        key is null ? new() { ["CERTIFICATE"] = certificate } : new() { ["CERTIFICATE"] = certificate, ["CERTIFICATE_KEY"] = key };

    private static string Error(Dictionary<string, string> environment, TimeProvider? time = null)
    {
        var error = Assert.Throws<HookException>(() => Identity.Read(environment, null, time ?? TimeProvider.System, _ => { }))!.Message;
        Assert.That(error, Does.Not.Contain("planted"));
        return error;
    }
}
