using System.Text;
using Executor.Core.Hooks;
using Executor.Core.Secrets.Documents;
using Executor.Core.Tests.Secrets.Documents;
using Executor.Fuzz.Tests.Engine;
using Microsoft.Extensions.Time.Testing;

namespace Executor.Fuzz.Tests.Targets;

/// <summary>Keys, certificates and bundles of signers in PEM.</summary>
internal sealed class KeyTarget : FuzzTarget
{
    private static readonly FakeTimeProvider Time = new(Identity.Now);
    private static readonly Identity Rsa = Identity.OfRsa("CN=rsa");
    private static readonly Identity Ec = Identity.OfEc("CN=ec");

    public override IEnumerable<byte[]> Seeds =>
    [
        Bytes(Rsa.KeyPem), Bytes(Rsa.Rsa.ExportRSAPrivateKeyPem()), Bytes(Ec.KeyPem), Bytes(Ec.Ec.ExportECPrivateKeyPem()),
        Bytes($"{Ec.Certificate.ExportCertificatePem()}\n{Ec.KeyPem}"), Bytes($"{Rsa.KeyPem}\n{Rsa.Certificate.ExportCertificatePem()}\n{Ec.Certificate.ExportCertificatePem()}"),
    ];

    public override IReadOnlyList<string> Words =>
    [
        "-----BEGIN PRIVATE KEY-----\n", "-----END PRIVATE KEY-----\n", "-----BEGIN RSA PRIVATE KEY-----\n", "-----BEGIN EC PRIVATE KEY-----\n", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n",
        "-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n", "MII", "==",
    ];

    public override void Check(ReadOnlyMemory<byte> input)
    {
        var pem = Encoding.UTF8.GetString(input.Span);
        Try(() => DocumentKey.FromPem(null, pem).Dispose());
        Try(() => DocumentKey.FromPem(pem, pem).Dispose());
        Try(() => DocumentSigners.FromPem(pem));
        var environment = new Dictionary<string, string> { ["CERTIFICATE"] = pem };
        Try(() => Core.Secrets.Identity.Read(environment, null, Time, _ => { }).Dispose());
    }

    private static void Try(Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is DocumentException or HookException)
        {
            AssertOneLine(e.Message);
        }
    }
}
