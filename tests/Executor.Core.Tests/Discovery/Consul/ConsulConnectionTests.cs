using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Executor.Core.Configuration;
using Executor.Core.Discovery.Consul;
using Executor.Core.Hooks;
using Executor.Tests.Fakes;

namespace Executor.Core.Tests.Discovery.Consul;

/// <summary>How the agent is reached: addresses, sockets, TLS and what Consul's own clients read.</summary>
[CancelAfter(30_000)]
public sealed class ConsulConnectionTests
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("executor-consul-");

    [OneTimeTearDown]
    public void Delete() => _folder.Delete(recursive: true);

    [TestCase("10.0.0.1:8500", false, "http://10.0.0.1:8500")]
    [TestCase("consul.example:8501", true, "https://consul.example:8501")]
    [TestCase("http://consul:8500/", true, "http://consul:8500")]
    [TestCase("https://[::1]:8501/prefix", false, "https://[::1]:8501")]
    [TestCase("unix:///run/consul.sock", false, "unix:///run/consul.sock")]
    public void An_address_is_what_Consuls_clients_take(string text, bool ssl, string expected)
    {
        Assert.That(ConsulAddress.TryParse(text, ssl, out var address));
        Assert.That($"{address}", Is.EqualTo(expected));
    }

    [TestCase("unix://relative")]
    [TestCase("unix:///0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789aaaaaaa")]
    [TestCase("ftp://consul")]
    [TestCase("http://user:password@consul:8500")]
    [TestCase("consul:port")]
    public void An_address_that_is_none_is_refused(string text)
    {
        Assert.That(Read(("CONSUL_HTTP_ADDR", text), out _), Does.StartWith($"CONSUL_HTTP_ADDR is \"{text}\": accepted: host:port, "));
        Assert.That(Read(("EXECUTOR_CONSUL_HTTP_ADDR", text), out _), Does.StartWith($"EXECUTOR_CONSUL_HTTP_ADDR is \"{text}\": accepted: "));
    }

    [TestCase("1", true)]
    [TestCase("TRUE", true)]
    [TestCase("f", false)]
    public void Flags_are_those_of_Consuls_clients(string text, bool expected)
    {
        Assert.That(Read(("CONSUL_HTTP_SSL", text), out var settings), Is.Null);
        Assert.That(settings!.Get(ConsulSettings.Ssl), Is.EqualTo(expected));
    }

    [Test]
    public void The_executors_own_variables_win_and_secrets_are_never_shown()
    {
        var environment = new Dictionary<string, string>
        {
            ["CONSUL_HTTP_TOKEN"] = "theirs",
            ["EXECUTOR_CONSUL_HTTP_TOKEN"] = "ours",
            ["CONSUL_HTTP_ADDR"] = "10.0.0.1:8500",
        };
        Assert.That(AllSettings.TryRead(environment, out var settings, out _));

        Assert.That(settings!.Get(ConsulSettings.Token), Is.EqualTo("ours"));
        Assert.That(settings.Get(ConsulSettings.Address), Is.EqualTo("10.0.0.1:8500"));
        Assert.That(Settings.Effective(environment, ConsulSettings.Address).Source, Is.EqualTo("CONSUL_HTTP_ADDR"));
        Assert.That(ConsulSettings.Token.IsSecret && ConsulSettings.Authorization.IsSecret);
        Assert.That(Read(("CONSUL_HTTP_TOKEN", "bad\nsecret"), out _), Does.StartWith("CONSUL_HTTP_TOKEN is not shown: ").And.Not.Contains("secret"));
    }

    [TestCase("EXECUTOR_CONSUL_DEREGISTER_AFTER", "59secs")]
    [TestCase("EXECUTOR_CONSUL_TTL", "1secs")]
    [TestCase("EXECUTOR_CONSUL_WAIT", "Registered")]
    public void What_makes_no_sense_is_refused(string name, string value) =>
        Assert.That(Read((name, value), out _), Does.StartWith($"{name} is \"{value}\": accepted: "));

    [Test]
    public async Task A_Unix_socket_will_do(CancellationToken cancel)
    {
        await using var consul = new ConsulFake(TimeProvider.System, socketPath: Path.Combine(_folder.FullName, "consul.sock")).Start();

        await AnnounceAsync(consul, [], cancel);
    }

    [Test]
    public void A_socket_that_is_not_there_is_told_in_its_own_words(CancellationToken cancel)
    {
        Assert.That(Read(("CONSUL_HTTP_ADDR", "unix:///no/such.sock"), out var settings), Is.Null);

        Assert.That(
            () => ConsulConnection.Open(settings!, TimeProvider.System).ConnectAsync(cancel),
            Throws.TypeOf<ConsulException>().With.Message.EqualTo("Consul at unix:///no/such.sock: No such file or directory"));
    }

    [Test]
    public async Task A_token_file_is_read_anew_for_each_request_and_wins(CancellationToken cancel)
    {
        var file = Path.Combine(_folder.FullName, "token");
        await File.WriteAllTextAsync(file, " fresh\n", cancel);
        await using var consul = new ConsulFake(TimeProvider.System, "fresh").Start();

        await AnnounceAsync(consul, new() { ["CONSUL_HTTP_TOKEN_FILE"] = file, ["CONSUL_HTTP_TOKEN"] = "stale" }, cancel);
    }

    [Test]
    public async Task Credentials_namespace_and_partition_go_with_every_request(CancellationToken cancel)
    {
        await using var consul = new ConsulFake(TimeProvider.System).Start();
        LoopbackRequest? seen = null;
        consul.Intercept = (request, _) =>
        {
            seen = request;
            return Task.FromResult<LoopbackResponse?>(null);
        };

        await AnnounceAsync(
            consul, new() { ["CONSUL_HTTP_AUTH"] = "user:password", ["CONSUL_NAMESPACE"] = "team a", ["CONSUL_PARTITION"] = "p" }, cancel);

        Assert.That(seen!.Headers["Authorization"], Is.EqualTo("Basic dXNlcjpwYXNzd29yZA=="));
        Assert.That(seen.Query, Is.EqualTo(new Dictionary<string, string> { ["ns"] = "team a", ["partition"] = "p" }));
    }

    [TestCase("CONSUL_CACERT")]
    [TestCase("CONSUL_CAPATH")]
    [TestCase("CONSUL_HTTP_SSL_VERIFY")]
    public async Task An_agent_with_a_certificate_of_its_own_authority_is_trusted_when_told_so(string variable, CancellationToken cancel)
    {
        var folder = _folder.CreateSubdirectory(variable);
        using var certificate = Certificate("consul.internal", folder);
        await using var consul = new ConsulFake(TimeProvider.System, certificate: certificate).Start();
        var settings = new Dictionary<string, string>
        {
            ["CONSUL_HTTP_SSL"] = "true",
            ["CONSUL_TLS_SERVER_NAME"] = "consul.internal",
            [variable] = variable switch
            {
                "CONSUL_CACERT" => Path.Combine(folder.FullName, "ca.pem"),
                "CONSUL_CAPATH" => folder.FullName,
                _ => "false",
            },
        };

        await AnnounceAsync(consul, settings, cancel);
    }

    [Test]
    public async Task An_agent_that_is_not_trusted_gets_no_request(CancellationToken cancel)
    {
        using var certificate = Certificate("consul.internal", _folder.CreateSubdirectory("untrusted"));
        await using var consul = new ConsulFake(TimeProvider.System, certificate: certificate).Start();
        var settings = new Dictionary<string, string> { ["CONSUL_HTTP_ADDR"] = $"https://{consul.Address}" };
        Assert.That(AllSettings.TryRead(settings, out var read, out _));
        var client = ConsulConnection.Open(read!, TimeProvider.System);

        Assert.That(
            () => client.ConnectAsync(cancel),
            Throws.TypeOf<ConsulException>().With.Message.StartsWith($"Consul at https://{consul.Address}: no TLS connection: "));
        Assert.That(consul.Requests, Is.Empty);
    }

    [TestCase("EXECUTOR_CONSUL_CACERT")]
    [TestCase("EXECUTOR_CONSUL_CLIENT_CERT")]
    public void A_file_that_cannot_be_used_is_named(string variable)
    {
        var environment = new Dictionary<string, string> { ["CONSUL_HTTP_SSL"] = "1", [variable] = "/no/such/file" };
        Assert.That(AllSettings.TryRead(environment, out var settings, out _));

        Assert.That(
            () => ConsulConnection.Open(settings!, TimeProvider.System),
            Throws.TypeOf<InvalidTaskException>().With.Message.StartsWith($"{variable} or {variable["EXECUTOR_".Length..]} is \"/no/such/file\": ").And.Message.Contains("accepted is a"));
    }

    private static async Task AnnounceAsync(ConsulFake consul, Dictionary<string, string> settings, CancellationToken cancel)
    {
        var variables = new Dictionary<string, string>(settings) { ["CONSUL_HTTP_ADDR"] = consul.Address };
        Assert.That(AllSettings.TryRead(variables, out var read, out var error), error);
        var client = ConsulConnection.Open(read!, TimeProvider.System);
        await client.ConnectAsync(cancel);
        Assert.That(await client.KnowsAsync("a b/c", cancel), Is.False);
    }

    private static string? Read((string Name, string Value) variable, out Settings? settings) =>
        AllSettings.TryRead(new Dictionary<string, string> { [variable.Name] = variable.Value }, out settings, out var error) ? null : error;

    /// <summary>One that signs itself; the PEM of it is written into the folder.</summary>
    private static X509Certificate2 Certificate(string name, DirectoryInfo folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(Path.Combine(folder.FullName, "ca.pem"), made.ExportCertificatePem());
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
