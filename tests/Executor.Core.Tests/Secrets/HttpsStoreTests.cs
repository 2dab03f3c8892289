using System.Security.Authentication;
using System.Security.Cryptography;
using Executor.Tests.Fakes.Https;
using Microsoft.AspNetCore.Http;

namespace Executor.Core.Tests.Secrets;

/// <summary>A store that is a real HTTPS server and asks for certificates.</summary>
[CancelAfter(60_000)]
public sealed class HttpsStoreTests
{
    private const string Document = """{"DB_PASSWORD":"planted-1","WORKERS":4,"RATIO":1.50,"DEBUG":false}""";

    [Test]
    public async Task A_task_gets_the_document_of_its_app(CancellationToken cancel)
    {
        using var rig = new ConfigurationRig();
        await using var server = await HttpsServer.StartAsync(rig.Authority, async context =>
        {
            Assert.That(context.Request.Headers.Accept.ToString(), Is.EqualTo("application/json, application/cms, application/jose"));
            Assert.That(context.Connection.ClientCertificate!.Subject, Is.EqualTo("CN=payments-eu-checkout"));
            context.Response.Headers.ETag = "\"7\"";
            await context.Response.WriteAsync(Document);
        });
        rig.Environment["EXECUTOR_CONFIG_STORE"] = server.Address + "/config/{group}/{app}.json?version={version}&task={task}";

        var configuration = await rig.ReadAsync(cancel);

        Assert.That(server.Requests, Is.EqualTo(["GET /config/payments/eu/checkout.json?version=2026-01-01T00%3A00%3A00.000Z&task=checkout.1"]));
        Assert.That(configuration.Revision, Is.EqualTo("\"7\""));
        Assert.That(configuration.Store, Is.EqualTo(server.Address + "/config/payments/eu/checkout.json"));
        var stored = configuration.Variables.Where(variable => variable.Origin == Core.Secrets.VariableOrigin.Store);
        Assert.That(stored.Select(variable => $"{variable.Name}={variable.Value}"), Is.EqualTo(
            ["DB_PASSWORD=planted-1", "WORKERS=4", "RATIO=1.50", "DEBUG=false"]));
    }

    [TestCase("shared/all.json", "/config/shared/all.json")]
    [TestCase("{app}", "/config/checkout")]
    [TestCase("true", "/config/payments/eu/checkout")]
    public async Task The_label_chooses_another_path_below_the_store_s(string label, string expected, CancellationToken cancel)
    {
        using var rig = new ConfigurationRig();
        await using var server = await ServeAsync(rig, Document);
        rig.Labels["config"] = label;

        await rig.ReadAsync(cancel);

        Assert.That(server.Requests, Is.EqualTo([$"GET {expected}"]));
    }

    [Test]
    public async Task The_label_turns_the_store_off(CancellationToken cancel)
    {
        using var rig = new ConfigurationRig();
        await using var server = await ServeAsync(rig, Document);
        rig.Labels["config"] = "false";

        Assert.That(await rig.StoredAsync(cancel), Is.Empty);
        Assert.That(server.Requests, Is.Empty);
    }

    [TestCase(503)]
    [TestCase(500)]
    [TestCase(429)]
    public async Task What_may_pass_is_tried_again(int status, CancellationToken cancel)
    {
        using var rig = new ConfigurationRig();
        var requests = 0;
        await using var server = await HttpsServer.StartAsync(rig.Authority, async context =>
        {
            if (Interlocked.Increment(ref requests) < 3) context.Response.StatusCode = status;
            else await context.Response.WriteAsync(Document);
        });
        rig.Environment["EXECUTOR_CONFIG_STORE"] = server.Address + "/x";

        Assert.That(await rig.StoredAsync(cancel), Has.Count.EqualTo(4));
        Assert.That(requests, Is.EqualTo(3));
    }

    [TestCase(401)]
    [TestCase(403)]
    [TestCase(404)]
    [TestCase(400)]
    public async Task What_will_not_pass_is_final(int status, CancellationToken cancel)
    {
        using var rig = new ConfigurationRig();
        await using var server = await HttpsServer.StartAsync(rig.Authority, context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("planted-2 in an error page");
        });
        rig.Environment["EXECUTOR_CONFIG_STORE"] = server.Address + "/x?key=planted-3";

        Assert.That(await rig.ErrorAsync(cancel), Is.EqualTo($"GET {server.Address}/x answered {status}"));
        Assert.That(server.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_store_that_wants_more_time_than_there_is_is_not_waited_for(CancellationToken cancel)
    {
        using var rig = new ConfigurationRig();
        await using var server = await HttpsServer.StartAsync(rig.Authority, context =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (503, "3600");
            return Task.CompletedTask;
        });
        rig.Environment["EXECUTOR_CONFIG_STORE"] = server.Address + "/x";

        Assert.That(await rig.ErrorAsync(cancel), Is.EqualTo(
            $"GET {server.Address}/x answered 503; it wants to be asked again in 1hrs, and the limit is 10secs"));
        Assert.That(server.Requests, Has.Count.EqualTo(1));
    }

    [TestCase("-tls1_2")]
    [TestCase("-tls1_3")]
    public async Task A_server_that_refuses_the_certificate_is_not_asked_again(string version, CancellationToken cancel)
    {
        using var rig = new ConfigurationRig();
        using var other = new TestAuthority("Another Authority");
        using var server = new OpensslServer(rig, other, version);
        var address = await server.AddressAsync(cancel);
        rig.Environment["EXECUTOR_CONFIG_STORE"] = $"{address}/x";

        Assert.That(await rig.ErrorAsync(cancel), Does.Match($"^GET {address}/x: the server refuses the task's certificate: .*unknown ca$"));
    }

    [Test]
    public async Task A_store_that_comes_back_is_asked_again(CancellationToken cancel)
    {
        using var rig = new ConfigurationRig();
        var first = await ServeAsync(rig, Document);
        var port = first.Port;
        await first.DisposeAsync();
        var reading = rig.StoredAsync(cancel);
        await using var second = await HttpsServer.StartAsync(rig.Authority, context => context.Response.WriteAsync(Document), port: port);

        Assert.That(await reading, Has.Count.EqualTo(4));
    }

    [Test]
    public async Task A_store_that_stays_away_is_given_up_after_ten_seconds(CancellationToken cancel)
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow);
        using var rig = new ConfigurationRig { Time = time };
        await using var server = await HttpsServer.StartAsync(rig.Authority, context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        rig.Environment["EXECUTOR_CONFIG_STORE"] = server.Address + "/x";

        var reading = Task.Run(() => rig.ErrorAsync(cancel), cancel);
        while (rig.Trouble is null) await Task.Yield();

        Assert.That(await ConfigurationRig.PlayAsync(time, reading), Is.EqualTo($"GET {server.Address}/x answered 503; given up after 10secs"));
    }

    [Test]
    public async Task A_store_that_hangs_is_given_up_after_ten_seconds(CancellationToken cancel)
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow);
        using var rig = new ConfigurationRig { Time = time };
        using var asked = new SemaphoreSlim(0);
        await using var server = await HttpsServer.StartAsync(rig.Authority, context =>
        {
            asked.Release();
            return Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        rig.Environment["EXECUTOR_CONFIG_STORE"] = server.Address + "/x";

        var reading = Task.Run(() => rig.ErrorAsync(cancel), cancel);
        await asked.WaitAsync(cancel);

        Assert.That(
            await ConfigurationRig.PlayAsync(time, reading), Is.EqualTo($"{server.Address}/x did not answer; given up after 10secs"));
    }

    [Test]
    public async Task Redirects_are_followed_on_the_same_host_only(CancellationToken cancel)
    {
        using var rig = new ConfigurationRig();
        await using var server = await HttpsServer.StartAsync(rig.Authority, async context =>
        {
            if (context.Request.Path == "/x") context.Response.Redirect("/y");
            else if (context.Request.Path == "/away") context.Response.Redirect($"https://127.0.0.1:{context.Connection.LocalPort}/y");
            else if (context.Request.Path == "/plain") context.Response.Redirect($"http://localhost:{context.Connection.LocalPort}/y");
            else if (context.Request.Path == "/round") context.Response.Redirect("/round");
            else await context.Response.WriteAsync(Document);
        });

        rig.Environment["EXECUTOR_CONFIG_STORE"] = server.Address + "/x";
        Assert.That(await rig.StoredAsync(cancel), Has.Count.EqualTo(4));
        foreach (var path in new[] { "/away", "/plain" })
        {
            rig.Environment["EXECUTOR_CONFIG_STORE"] = server.Address + path;
            Assert.That(await rig.ErrorAsync(cancel), Is.EqualTo($"GET {server.Address}{path} was redirected elsewhere: accepted is https:// on the same host and port"));
        }

        rig.Environment["EXECUTOR_CONFIG_STORE"] = server.Address + "/round";
        Assert.That(await rig.ErrorAsync(cancel), Is.EqualTo($"GET {server.Address}/round answered 302"));
    }

    [Test]
    public async Task An_answer_that_is_too_long_is_refused(CancellationToken cancel)
    {
        using var rig = new ConfigurationRig();
        await using var server = await ServeAsync(rig, $$"""{"A":"{{new string('x', 1024 * 1024)}}"}""");

        Assert.That(await rig.ErrorAsync(cancel), Does.EndWith("answered more than 1048576 bytes"));
    }

    [Test]
    public async Task A_server_that_another_authority_vouches_for_is_not_asked(CancellationToken cancel)
    {
        using var rig = new ConfigurationRig();
        using var other = new TestAuthority("Another Authority");
        await using var server = await HttpsServer.StartAsync(other, context => context.Response.WriteAsync(Document));
        rig.Environment["EXECUTOR_CONFIG_STORE"] = server.Address + "/x";

        Assert.That(await rig.ErrorAsync(cancel), Does.Match($"^GET {server.Address}/x: its certificate is not trusted: .*(PartialChain|UntrustedRoot)"));
        Assert.That(server.Requests, Is.Empty);
    }

    [Test]
    public async Task A_server_with_another_name_is_not_asked(CancellationToken cancel)
    {
        using var rig = new ConfigurationRig();
        await using var server = await ServeAsync(rig, Document);
        rig.Environment["EXECUTOR_CONFIG_STORE"] = $"https://127.0.0.2:{server.Port}/x";
        await using var there = await HttpsServer.StartAsync(rig.Authority, context => context.Response.WriteAsync(Document));
        rig.Environment["EXECUTOR_CONFIG_STORE"] = $"https://{Environment.MachineName}:{there.Port}/x";

        Assert.That(await rig.ErrorAsync(cancel), Does.EndWith("its certificate is for another name").Or.Contains("refused").Or.Contains("not known").IgnoreCase);
        Assert.That(there.Requests, Is.Empty);
    }

#pragma warning disable SYSLIB0039, CA5397 // what is to be refused
    [Test]
    public async Task TLS_before_1_2_is_refused(CancellationToken cancel)
    {
        using var rig = new ConfigurationRig();
        await using var server = await HttpsServer.StartAsync(rig.Authority, context => context.Response.WriteAsync(Document), SslProtocols.Tls11);
        rig.Environment["EXECUTOR_CONFIG_STORE"] = server.Address + "/x";
        rig.Environment["EXECUTOR_CONFIG_OPTIONAL"] = "true";

        Assert.That((await rig.ReadAsync(cancel)).Trouble, Does.StartWith($"GET {server.Address}/x: "));
        Assert.That(server.Requests, Is.Empty);
    }
#pragma warning restore SYSLIB0039, CA5397

    [Test]
    public async Task A_certificate_of_EC_is_shown_as_well(CancellationToken cancel)
    {
        using var rig = new ConfigurationRig();
        await using var server = await ServeAsync(rig, Document);
        using var own = rig.Authority.Issue("ec", curve: ECCurve.NamedCurves.nistP256);
        rig.Environment["CERTIFICATE"] = own.Pem + "\n" + own.KeyPem;
        rig.Environment.Remove("CERTIFICATE_KEY");

        Assert.That(await rig.StoredAsync(cancel), Has.Count.EqualTo(4));
    }

    [Test]
    public async Task A_task_without_a_certificate_does_not_ask(CancellationToken cancel)
    {
        using var rig = new ConfigurationRig();
        await using var server = await ServeAsync(rig, Document);
        rig.Environment.Remove("CERTIFICATE");

        Assert.That(await rig.ErrorAsync(cancel), Is.EqualTo("the task has no certificate: neither CERTIFICATE nor CERTIFICATE_FILE is set"));
        Assert.That(server.Requests, Is.Empty);
    }

    [Test]
    public async Task A_task_may_start_without(CancellationToken cancel)
    {
        using var rig = new ConfigurationRig();
        rig.Environment["EXECUTOR_CONFIG_OPTIONAL"] = "true";
        await using var server = await ServeAsync(rig, "no JSON planted-4");

        var configuration = await rig.ReadAsync(cancel);

        Assert.That(configuration.Trouble, Does.StartWith("the configuration of 17 bytes is no JSON"));
        Assert.That(configuration.Variables.Select(variable => variable.Origin), Is.All.EqualTo(Core.Secrets.VariableOrigin.Agent));
    }

    private static async Task<HttpsServer> ServeAsync(ConfigurationRig rig, string document)
    {
        var server = await HttpsServer.StartAsync(rig.Authority, context => context.Response.WriteAsync(document));
        rig.Environment["EXECUTOR_CONFIG_STORE"] = server.Address + "/config/{group}/{app}";
        return server;
    }
}
