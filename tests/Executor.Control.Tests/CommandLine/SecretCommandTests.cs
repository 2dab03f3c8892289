using System.Text;
using Executor.Control.CommandLine;
using Executor.Control.Secrets;
using Executor.Tests.Fakes.Https;

namespace Executor.Control.Tests.CommandLine;

/// <summary>executorctl encrypt, decrypt and show-config, from the command line to what they write.</summary>
public sealed class SecretCommandTests
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestAuthority _authority = new();
    private readonly TestCertificate _own;
    private readonly StringWriter _error = new();
    private readonly string _certificate;
    private readonly string _key;

    public SecretCommandTests()
    {
        _own = _authority.Issue("checkout");
        _certificate = Put("own.pem", _own.Pem);
        _key = Put("own.key", _own.KeyPem);
    }

    [OneTimeTearDown]
    public void Delete()
    {
        _error.Dispose();
        _own.Dispose();
        _authority.Dispose();
        _folder.Dispose();
    }

    [TestCase("cms")]
    [TestCase("jwe")]
    public async Task A_value_goes_into_an_app_and_comes_out_again(string format)
    {
        var (code, value) = await RunAsync("pa$$ wörd\n", [], "encrypt", "--for", _certificate, "--as", format);
        Assert.That(code, Is.Zero);
        Assert.That(value, Does.StartWith($"ENC[{format.ToUpperInvariant()},").And.EndsWith("]\n"));

        var (_, text) = await RunAsync($$"""{"env":{"P":"{{value.Trim()}}"} }""", [], "decrypt", "--key", _key, "--certificate", _certificate);
        Assert.That(text, Is.EqualTo("""{"env":{"P":"pa$$ wörd"} }"""));
    }

    [TestCase("cms", "-----BEGIN CMS-----")]
    [TestCase("jwe", "eyJ")]
    public async Task A_configuration_is_encrypted_signed_and_opened(string format, string start)
    {
        var input = Put("config.json", """{"A":"b"}""");
        var (_, plain) = await RunAsync("", [], "encrypt", "--for", _certificate, "--document", "--as", format, input);
        Assert.That(plain, Does.StartWith(start));
        Assert.That((await RunAsync(plain, [], "decrypt", "--key", _key, "--certificate", _certificate)).Output, Is.EqualTo("""{"A":"b"}"""));

        var signer = Put("signer.pem", _own.Pem + "\n" + _own.KeyPem);
        var (_, signed) = await RunAsync("", [], "encrypt", "--for", _certificate, "--document", "--as", format, "--signer", signer, input);
        var authority = Put("ca.pem", _authority.Pem);
        Assert.That((await RunAsync(signed, [], "decrypt", "--key", _key, "--signers", authority)).Output, Is.EqualTo("""{"A":"b"}"""));
        Assert.That((await RunAsync(plain, [], "decrypt", "--key", _key, "--signers", authority)).Code, Is.EqualTo(1));
    }

    [Test]
    public async Task What_an_app_would_get_is_shown_by_name_and_by_value_only_when_asked()
    {
        var app = Put("app.json", """{"id":"/payments/checkout","cmd":"true","env":{"OWN":"planted-1"}}""");
        Put("checkout.json", """{"STORED":"planted-2","OWN":"planted-3"}""");
        var environment = new Dictionary<string, string> { ["EXECUTOR_CONFIG_STORE"] = $"file:{_folder.Path}/{{app}}.json" };

        var (code, names) = await RunAsync("", environment, "show-config", app);
        Assert.That(code, Is.Zero, _error.ToString());
        Assert.That(names, Does.Contain("OWN  # app\n").And.Contain("STORED  # store\n").And.Not.Contain("planted"));

        var (_, values) = await RunAsync("", environment, "show-config", app, "--reveal");
        Assert.That(values, Does.Contain("OWN=planted-1  # app\n").And.Contain("STORED=planted-2  # store\n"));
    }

    [TestCase("encrypt", "--for", "/no/such.pem")]
    [TestCase("encrypt")]
    [TestCase("encrypt", "--for", "{certificate}", "--as", "gpg")]
    [TestCase("encrypt", "--for", "{key}")]
    [TestCase("encrypt", "--for", "{certificate}", "--for", "{certificate}")]
    [TestCase("encrypt", "--for", "{certificate}", "/no/such/input")]
    [TestCase("encrypt", "--for", "{certificate}", "--document", "--signer-key", "{key}")]
    [TestCase("decrypt")]
    [TestCase("decrypt", "--key", "{key}", "one", "two")]
    [TestCase("show-config")]
    [TestCase("show-config", "/no/such.json")]
    public async Task What_cannot_be_used_is_one_line_and_exit_code_2(params string[] args)
    {
        var (code, _) = await RunAsync("x", [], [.. args.Select(arg => arg.Replace("{certificate}", _certificate).Replace("{key}", _key))]);

        Assert.That(code, Is.EqualTo(2));
        Assert.That(_error.ToString(), Does.Match(@"\Aexecutorctl: [^\n]+\n\z"));
    }

    [TestCase("plain text", "nothing in the input is encrypted")]
    [TestCase("{\"A\":\"b\"}", "nothing in the input is encrypted")]
    public async Task What_is_not_encrypted_is_not_decrypted(string input, string error)
    {
        Assert.That((await RunAsync(input, [], "decrypt", "--key", _key)).Code, Is.EqualTo(1));
        Assert.That(_error.ToString(), Does.StartWith($"executorctl: {error}").And.Match(@"\A[^\n]+\n\z"));
    }

    [Test]
    public async Task A_certificate_of_another_key_is_refused()
    {
        using var other = _authority.Issue("other");

        Assert.That((await RunAsync("x", [], "decrypt", "--key", _key, "--certificate", Put("other.pem", other.Pem))).Code, Is.EqualTo(1));
        Assert.That(_error.ToString(), Does.Contain("not that of the certificate"));
    }

    [Test]
    public async Task A_store_that_does_not_give_it_is_exit_code_1()
    {
        var app = Put("app.json", """{"id":"/payments/other","cmd":"true"}""");
        var environment = new Dictionary<string, string> { ["EXECUTOR_CONFIG_STORE"] = $"file:{_folder.Path}/{{app}}.missing" };

        Assert.That((await RunAsync("", environment, "show-config", app)).Code, Is.EqualTo(1));
        Assert.That(_error.ToString(), Does.Match(@"\Aexecutorctl: [^\n]*other\.missing cannot be read[^\n]*\n\z"));
    }

    private string Put(string name, string text)
    {
        var path = System.IO.Path.Combine(_folder.Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    private async Task<(int Code, string Output)> RunAsync(string input, Dictionary<string, string> environment, params string[] args)
    {
        _error.GetStringBuilder().Clear();
        using var stdin = new MemoryStream(Encoding.UTF8.GetBytes(input));
        using var stdout = new MemoryStream();
        var code = await ControlCommand.InvokeAsync(
            args,
            _ => Task.FromResult(-1),
            _ => Task.FromResult(-1),
            options => new SecretProgram(environment, stdin, stdout, _error, TimeProvider.System).RunAsync(options),
            TextWriter.Null,
            _error);
        return (code, Encoding.UTF8.GetString(stdout.ToArray()));
    }
}
