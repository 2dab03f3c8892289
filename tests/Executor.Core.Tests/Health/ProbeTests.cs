using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Executor.Core.Health;
using Executor.Core.Ports;
using Executor.Core.Processes;
using Executor.Core.Tests.Hooks;
using Executor.Core.Tests.Lifecycle;
using Executor.Core.Tests.Processes;

namespace Executor.Core.Tests.Health;

/// <summary>What each kind of check takes for good, on real sockets and with real processes.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ProbeTests : ProcessTests
{
    [TestCase(200, null)]
    [TestCase(399, null)]
    [TestCase(400, "status 400, accepted is 200-399")]
    [TestCase(503, "status 503, accepted is 200-399")]
    public async Task An_answer_passes_by_its_status(int status, string? error)
    {
        await using var server = new HttpFake(_ => (status, "whatever"));
        using var probe = Http(server.Port, "/deep/path?a=b%20c&d");

        var result = await probe.RunAsync(Limit);

        Assert.That(result.Error, Is.EqualTo(error));
        Assert.That(result.Status.Http.StatusCode, Is.EqualTo(status));
        Assert.That((await server.NextAsync(Limit)).Request, Is.EqualTo("GET /deep/path?a=b%20c&d"));
    }

    [Test]
    public async Task A_redirect_is_followed_on_the_same_host_only()
    {
        await using var server = new HttpFake(request =>
            (request.RawUrl == "/" ? 302 : request.RawUrl == "/away" ? 301 : 503, ""));
        server.Redirects["/"] = "/sick";
        server.Redirects["/away"] = "http://elsewhere.invalid/";

        using var here = Http(server.Port, "/");
        using var away = Http(server.Port, "/away");

        Assert.That((await here.RunAsync(Limit)).Error, Does.StartWith("status 503"));
        Assert.That((await away.RunAsync(Limit)).Status.Http.StatusCode, Is.EqualTo(301));
    }

    [TestCase("//")]
    [TestCase("http://")]
    [TestCase("http://[")]
    [TestCase("//a b/")]
    [TestCase("///x:y:z")]
    public async Task A_redirect_to_no_address_is_not_followed(string location)
    {
        await using var server = new HttpFake(_ => (302, ""));
        server.Redirects["/"] = location;
        using var probe = Http(server.Port, "/");

        Assert.That((await probe.RunAsync(Limit)).Status.Http.StatusCode, Is.EqualTo(302));
    }

    [Test]
    public async Task Redirects_in_a_circle_end()
    {
        await using var server = new HttpFake(_ => (302, ""));
        server.Redirects["/"] = "/";
        using var probe = Http(server.Port, "/");

        Assert.That((await probe.RunAsync(Limit)).Status.Http.StatusCode, Is.EqualTo(302));
    }

    [Test]
    public async Task Nobody_listening_is_told()
    {
        var port = FreePort();
        using var http = Http(port, "/");
        using var tcp = new TcpProbe(Loopback(port));

        var answers = (Http: await http.RunAsync(Limit), Tcp: await tcp.RunAsync(Limit));

        Assert.That((answers.Http.Error, answers.Tcp.Error), Is.EqualTo(("Connection refused", "Connection refused")));
        Assert.That(answers.Http.Status.Http.HasStatusCode, Is.False);
        Assert.That(answers.Tcp.Status.Tcp.Succeeded, Is.False);
    }

    [Test]
    public async Task An_open_port_passes()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var probe = new TcpProbe(Loopback(((IPEndPoint)listener.LocalEndpoint).Port));

        Assert.That((await probe.RunAsync(Limit)).Passed, Is.True);
    }

    [Test]
    public async Task IPv6_is_probed_where_it_is_asked_for()
    {
        using var listener = new TcpListener(IPAddress.IPv6Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var probe = new TcpProbe(ProbeTarget.Of("::1", port, AddressFamily.InterNetworkV6));
        using var other = new TcpProbe(ProbeTarget.Of("::1", port, AddressFamily.InterNetwork));

        Assert.That((await probe.RunAsync(Limit)).Passed, Is.True);
        Assert.That((await other.RunAsync(Limit)).Passed, Is.False);
    }

    [Test]
    public async Task What_answers_no_HTTP_fails()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerAsync(listener, "220 mail.example ESMTP\r\n");
        using var probe = Http(((IPEndPoint)listener.LocalEndpoint).Port, "/");

        Assert.That((await probe.RunAsync(Limit)).Error, Does.StartWith("no HTTP answer"));
        await answering;
    }

    [TestCase(true, "TLS cannot be agreed on, or the certificate is not trusted")]
    [TestCase(false, null)]
    public async Task A_certificate_that_is_not_trusted_fails_unless_that_is_allowed(bool verify, string? error)
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=task", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerTlsAsync(listener, certificate);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var probe = new HttpProbe(Plan("https", port, "/") with { VerifyTls = verify }, Loopback(port));

        Assert.That((await probe.RunAsync(Limit)).Error, Is.EqualTo(error));
        await answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [TestCase("exit 0", null)]
    [TestCase("exit 3", "it exited with status 3")]
    [TestCase("kill -TERM $$", "it was ended by signal SIGTERM (15)")]
    [TestCase("test \"$TASKS\" = own && test \"$CHECKS\" = wins && test \"$PWD\" = /", null)]
    public async Task A_command_passes_by_its_exit_in_the_tasks_environment_and_folder(string script, string? error)
    {
        using var probe = Command("sh", ["sh", "-c", script]);

        Assert.That((await probe.RunAsync(Limit)).Error, Is.EqualTo(error));
    }

    [Test]
    public async Task A_command_that_is_not_there_fails_with_the_reason()
    {
        using var probe = Command("/no/such/check", ["check"]);

        Assert.That((await probe.RunAsync(Limit)).Error, Does.Contain("/no/such/check").And.Contain("ENOENT"));
    }

    [Test]
    public async Task The_whole_tree_of_a_command_is_killed_when_its_time_is_over_or_it_leaves_something_behind()
    {
        using var folder = new Folder();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Limit);
        var pids = folder.File("pids");
        using var hanging = Command("sh", ["sh", "-c", $"(setsid sleep 1000 & echo $! > {pids}); sleep 1000"]);
        var running = hanging.RunAsync(over.Token);
        var pid = await folder.LineOfAsync("pids", Limit);
        await over.CancelAsync();

        Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Directory.Exists($"/proc/{pid}"), Is.False);

        using var leaving = Command("sh", ["sh", "-c", $"sleep 1000 & echo $! > {folder.File("left")}"]);
        Assert.That((await leaving.RunAsync(Limit)).Passed, Is.True);
        Assert.That(Directory.Exists($"/proc/{await folder.LineOfAsync("left", Limit)}"), Is.False);
    }

    [Test]
    public async Task A_command_that_is_stuck_in_the_kernel_does_not_keep_its_check_from_failing()
    {
        var launcher = new FakeLauncher();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Limit);
        using var probe = Command("check", ["check"], launcher);
        var running = probe.RunAsync(over.Token);
        var process = await launcher.Next(Limit);

        await over.CancelAsync();

        Assert.That(await process.NextSignal(Limit), Is.EqualTo(Signals.Kill));
        Assert.That(() => running.IsCanceled, Is.True.After(20_000, 2), "its tree is never empty");
    }

    private static CommandProbe Command(string program, string[] arguments, IProcessLauncher? launcher = null) => new(
        launcher ?? new SupervisedProcessLauncher(SupervisorPath, TimeProvider.System),
        new ProbePlan.Command(program, arguments, new Dictionary<string, string> { ["CHECKS"] = "wins" }, null),
        Program("app") with
        {
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["TASKS"] = "own", ["CHECKS"] = "loses" },
        });

    private static HttpProbe Http(int port, string path) => new(Plan("http", port, path), Loopback(port));

    private static ProbePlan.Http Plan(string scheme, int port, string path) =>
        new(scheme, port, path, AddressFamily.InterNetwork, new HashSet<int>(), StatusRange.Default, VerifyTls: true);

    private static ProbeTarget Loopback(int port) => ProbeTarget.Of(null, port, AddressFamily.InterNetwork);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task AnswerAsync(TcpListener listener, string answer)
    {
        using var client = await listener.AcceptTcpClientAsync(Limit);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), Limit);
    }

    private static async Task AnswerTlsAsync(TcpListener listener, X509Certificate2 certificate)
    {
        using var client = await listener.AcceptTcpClientAsync(Limit);
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsServerAsync(certificate);
        await tls.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), Limit);
    }
}
