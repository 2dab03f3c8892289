using System.Security.Cryptography.X509Certificates;
using System.Text;
using Executor.Core.Secrets.Documents;
using Executor.Core.Tests.Processes;
using Microsoft.Extensions.Time.Testing;

namespace Executor.Core.Tests.Secrets.Documents;

/// <summary>What the tests with documents share: a folder for what other tools read and write, and who is who.</summary>
internal abstract class DocumentTests : ProcessTests
{
    protected const string Plaintext = """{"DB_PASSWORD":"correct horse battery staple"}""";

    private DirectoryInfo _folder = null!;

    protected static Identity Rsa { get; } = Identity.OfRsa("CN=app");

    protected static FakeTimeProvider Time { get; } = new(Identity.Now);

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("executor-documents-");

    [TearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Open(byte[] document, Identity? identity = null, DocumentSigners? signers = null)
    {
        using var key = (identity ?? Rsa).Key();
        return Encoding.UTF8.GetString(new DocumentOpener(key, signers, Time).Open(document));
    }

    /// <summary>Asserts that a document gives one error, in one line and without what is in it or opens it.</summary>
    protected static void AssertRefused(byte[] document, string error, Identity? identity = null, DocumentSigners? signers = null) =>
        Assert.That(ErrorOf(() => Open(document, identity, signers)), Does.Match(error));

    protected static string ErrorOf(Func<string> open)
    {
        var error = Assert.Throws<DocumentException>(() => open())!;
        Assert.That(error.ToString(), Does.Not.Contain("correct horse").And.Not.Contain("BEGIN").And.Not.Contain("MII"));
        Assert.That(error.Message, Does.Not.Contain("\n"));
        return error.Message;
    }

    protected string PathOf(string name) => Path.Combine(_folder.FullName, name);

    protected string Put(string name, string text) => Put(name, Bytes(text));

    protected string Put(string name, byte[] bytes)
    {
        File.WriteAllBytes(PathOf(name), bytes);
        return PathOf(name);
    }

    /// <summary>Puts an identity's certificate and key where tools find them, as NAME.crt and NAME.key.</summary>
    protected void Put(string name, Identity identity)
    {
        Put($"{name}.crt", $"{identity.Certificate.ExportCertificatePem()}\n");
        Put($"{name}.key", identity.KeyPem);
    }

    /// <summary>Runs a script in the folder, which puts its result into a file called out.</summary>
    protected async Task<byte[]> RunAsync(string script)
    {
        var printed = await OutputOfAsync(Sh($"exec 2>&1; set -e; {script}; echo done") with { WorkingDirectory = _folder.FullName });
        Assert.That(printed, Does.EndWith("done\n"));
        return await File.ReadAllBytesAsync(PathOf("out"), Limit);
    }

    /// <summary>Encrypts the plaintext with openssl for app.crt.</summary>
    protected Task<byte[]> OpensslAsync(string options, string recipient = "app.crt")
    {
        Put("app", Rsa);
        Put("plain", Plaintext);
        return RunAsync($"openssl cms -encrypt -binary -in plain -out out {options} {recipient}");
    }
}
