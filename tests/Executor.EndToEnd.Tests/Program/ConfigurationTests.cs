using System.Globalization;
using System.Runtime.Versioning;
using Executor.Core.Secrets.Documents;
using Executor.Tests.Fakes;
using Executor.Tests.Fakes.Https;
using Mesos;
using Microsoft.AspNetCore.Http;
using TaskStatus = Mesos.TaskStatus;

namespace Executor.EndToEnd.Tests.Program;

/// <summary>
/// The talk's first factor: the agent puts a certificate into the executor's environment, the executor gets the app's
/// configuration with it from a store that asks for certificates, and the app reads plain variables.
/// </summary>
[TestFixture(DriverKind.Managed)]
[TestFixture(DriverKind.LibmesosNew)]
[CancelAfter(60_000)]
public sealed class ConfigurationTests(DriverKind driver)
{
    private const string Planted = "planted-secret-";

    private readonly TestAuthority _authority = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("executor-config-").FullName;

    [OneTimeTearDown]
    public void Delete()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task An_app_prints_what_the_store_holds_for_it(CancellationToken limit)
    {
        using var own = _authority.Issue("shop-cart");
        var document = DocumentSealer.Seal(
            DocumentFormat.Cms, """{"DB_PASSWORD":"planted-secret-1","WORKERS":4,"MODE":"store"}"""u8, own.Certificate);
        await using var store = await HttpsServer.StartAsync(_authority, async context => await context.Response.Body.WriteAsync(document, limit));
        var value = SealedValues.Write(DocumentFormat.Jwe, DocumentSealer.Seal(DocumentFormat.Jwe, "planted-secret-2"u8, own.Certificate));
        await using var rig = Rig(own, store.Address + "/{group}/{app}", limit);

        rig.LaunchScript("printf '%s|' \"$DB_PASSWORD\" \"$WORKERS\" \"$MODE\" \"$API_KEY\" \"${CERTIFICATE%%BEGIN*}\" > seen; echo >> seen", task =>
            AddVariables(task, ("MARATHON_APP_ID", "/shop/cart"), ("MODE", "app"), ("API_KEY", value)));

        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        Assert.That(await rig.LineOfAsync("seen"), Is.EqualTo("planted-secret-1|4|app|planted-secret-2|-----|"));
        Assert.That(store.Requests, Is.EqualTo(["GET /shop/cart"]));
    }

    [Test]
    public async Task A_certificate_that_is_not_for_the_task_does_not_reach_it(CancellationToken limit)
    {
        using var own = _authority.Issue("shop-cart");
        await using var rig = Rig(own, null, limit);

        rig.LaunchScript("echo \"[$CERTIFICATE][$CERTIFICATE_KEY][$EXECUTOR_CA_BUNDLE]\" > seen", task =>
        {
            task.Labels = new Labels();
            task.Labels.Labels_.Add(new Label { Key = "certificate-to-task", Value = "false" });
        });

        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        Assert.That(await rig.LineOfAsync("seen"), Is.EqualTo("[][][]"));
    }

    [Test]
    public async Task A_certificate_that_has_expired_keeps_the_task_from_starting(CancellationToken limit)
    {
        using var own = _authority.Issue("shop-cart", DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(-1));
        await using var rig = Rig(own, null, limit);

        rig.LaunchScript("touch started", ValidateCertificate);

        await rig.NextStatusAsync(TaskState.TaskStarting);
        var failed = await rig.NextStatusAsync(TaskState.TaskFailed);
        Assert.That(failed.Message, Is.EqualTo(string.Create(
            CultureInfo.InvariantCulture,
            $"hook certificate failed at before-start: the task's certificate has expired: it was valid until {own.Certificate.NotAfter.ToUniversalTime():yyyy-MM-ddTHH:mm:ssZ}")));
        Assert.That(File.Exists(Path.Combine(rig.Sandbox, "started")), Is.False);
    }

    [Test]
    public async Task A_task_ends_gracefully_before_its_certificate_does(CancellationToken limit)
    {
        using var own = _authority.Issue("shop-cart", notAfter: DateTimeOffset.UtcNow.AddSeconds(8));
        await using var rig = Rig(own, null, limit);

        rig.LaunchScript("trap 'echo > stopped; exit 0' TERM; echo > ready; while :; do sleep 0.05; done", ValidateCertificate);

        await rig.ExpectRunningAsync();
        await rig.LineOfAsync("ready");
        TaskStatus status;
        do status = await rig.NextStatusAsync();
        while (status.State == TaskState.TaskKilling);
        Assert.That(status.State, Is.EqualTo(TaskState.TaskKilled));
        Assert.That(status.Message, Does.StartWith("the task's certificate expires at "));
        Assert.That(File.Exists(Path.Combine(rig.Sandbox, "stopped")));
    }

    /// <summary>Everything that the executor says, whether things go well or wrong.</summary>
    [TestCase("""{"DB_PASSWORD":"planted-secret-1","LONG":"planted-secret-2 with blanks"}""", 200)]
    [TestCase("""{"DB_PASSWORD":"planted-secret-1","BAD-NAME":"planted-secret-2"}""", 200)]
    [TestCase("""{"DB_PASSWORD":"planted-secret-1","B":{"C":"planted-secret-2"}}""", 200)]
    [TestCase("""{"DB_PASSWORD":"planted-secret-1" """, 200)]
    [TestCase("planted-secret-1 of an error page", 403)]
    [SupportedOSPlatform("linux")]
    public async Task No_output_of_the_executor_holds_a_secret(string document, int status, CancellationToken limit)
    {
        using var own = _authority.Issue("shop-cart");
        await using var consul = new ConsulFake(TimeProvider.System).Start();
        await using var store = await HttpsServer.StartAsync(_authority, context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(document, limit);
        });
        var heard = Path.Combine(_folder, Path.GetRandomFileName());
        var hook = Path.Combine(_folder, Path.GetRandomFileName());
        await File.WriteAllTextAsync(hook, $$"""
            #!/bin/sh
            cat >> {{heard}}
            env >> {{heard}}.env
            echo '{"fail":"it says planted-secret-1, planted-secret-2 with blanks, planted-secret-9"}'
            """, limit);
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await using var rig = Rig(own, store.Address + "/x?key=planted-secret-3", limit, o => o with
        {
            ExecutorEnvironment = new Dictionary<string, string>(o.ExecutorEnvironment)
            {
                ["EXECUTOR_LOG_LEVEL"] = "trace",
                ["EXECUTOR_CONSUL_HTTP_ADDR"] = consul.Address.ToString(),
                ["EXECUTOR_CONSUL_HTTP_TOKEN"] = "planted-secret-9",
                ["EXECUTOR_HOOK_AFTER_START"] = $"exec:{hook}",
            },
        });

        rig.LaunchScript("sleep 60", task =>
        {
            task.Labels = new Labels();
            task.Labels.Labels_.Add(new Label { Key = "consul", Value = "cart" });
            task.Discovery = new DiscoveryInfo { Visibility = DiscoveryInfo.Types.Visibility.External, Ports = new Ports() };
            task.Discovery.Ports.Ports_.Add(new Port { Number = 31000 });
        });
        var statuses = new List<TaskStatus>();
        do statuses.Add(await rig.NextStatusAsync());
        while (statuses[^1].State != TaskState.TaskFailed);
        await rig.ExpectExitAsync(0);

        var key = own.KeyPem.Split('\n')[1];
        var outputs = new List<string> { await rig.ErrorsAsync(), string.Join('\n', statuses) };
        if (File.Exists(heard)) outputs.AddRange(await File.ReadAllTextAsync(heard, limit), await File.ReadAllTextAsync($"{heard}.env", limit));
        Assert.That(outputs, Has.None.Contain(Planted));
        Assert.That(outputs.Take(2), Has.None.Contain(key));
        Assert.That(Directory.GetFiles(rig.Sandbox).Select(Path.GetFileName), Is.SubsetOf(["stdout", "stderr"]), "nothing is written to disk");
        Assert.That(consul.Requests.Select(request => request.ToString()), Has.None.Contain(Planted));
    }

    private AgentRig Rig(TestCertificate own, string? store, CancellationToken limit, Func<Executor.Libprocess.LocalAgentOptions, Executor.Libprocess.LocalAgentOptions>? change = null) =>
        new(driver, limit, o =>
        {
            var environment = new Dictionary<string, string>(o.ExecutorEnvironment)
            {
                ["CERTIFICATE"] = own.Pem,
                ["CERTIFICATE_KEY"] = own.KeyPem,
                ["EXECUTOR_CA_BUNDLE"] = Bundle(),
            };
            if (store is not null) environment["EXECUTOR_CONFIG_STORE"] = store;
            var options = o with { ExecutorEnvironment = environment };
            return change?.Invoke(options) ?? options;
        });

    private string Bundle()
    {
        var file = Path.Combine(_folder, "ca.pem");
        if (!File.Exists(file)) File.WriteAllText(file, _authority.Pem);
        return file;
    }

    private static void ValidateCertificate(TaskInfo task)
    {
        task.Labels = new Labels();
        task.Labels.Labels_.Add(new Label { Key = "validate-certificate", Value = "true" });
    }

    private static void AddVariables(TaskInfo task, params (string Name, string Value)[] variables)
    {
        task.Executor.Command.Environment = new Mesos.Environment();
        foreach (var (name, value) in variables)
            task.Executor.Command.Environment.Variables.Add(new Mesos.Environment.Types.Variable { Name = name, Value = value });
    }
}
