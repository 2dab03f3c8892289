using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Executor.Libprocess;
using Executor.Tests.Fakes;
using Mesos;

namespace Executor.EndToEnd.Tests.Program;

/// <summary>The published executor between a task that prints and where its lines go.</summary>
[TestFixture(DriverKind.Managed)]
[CancelAfter(60_000)]
public sealed class LogShippingTests(DriverKind driver)
{
    [Test]
    public async Task Files_are_rotated_whole_lines_at_a_time_and_the_executors_log_stays_in_stderr(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit, Settings(("EXECUTOR_LOG_ROTATE_SIZE", "64KiB"), ("EXECUTOR_LOG_ROTATE_KEEP", "100")));
        rig.LaunchScript("seq 1 100000; seq 1 100000 >&2");
        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);

        var numbers = Enumerable.Range(1, 100_000).Select(i => $"{i}").ToArray();
        Assert.That(await LinesAsync(rig, "stdout", limit), Is.EqualTo(numbers));
        var errors = await LinesAsync(rig, "stderr", limit);
        Assert.That(errors.Where(line => !line.Contains(" executor ", StringComparison.Ordinal)), Is.EqualTo(numbers));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(rig.Sandbox, "stderr"), limit), Does.Contain("over, "), "its last lines are in the last file");
    }

    [Test]
    public async Task A_labelled_task_is_in_the_files_and_with_the_receiver(CancellationToken limit)
    {
        using var receiver = new TcpListener(IPAddress.Loopback, 0);
        receiver.Start();
        await using var rig = new AgentRig(driver, limit, Settings(
            ("EXECUTOR_LOG_ADDRESSES", $"127.0.0.1:{((IPEndPoint)receiver.LocalEndpoint).Port}"), ("EXECUTOR_LOG_OWN", "true"), ("EXECUTOR_LOG_REGION", "eu")));
        rig.LaunchScript(
            """echo '{"msg":"hello","level":"warn"}'; echo plain >&2""",
            task => task.Labels = new Labels
            {
                Labels_ = { new Label { Key = "log-scraping", Value = "json" }, new Label { Key = "log-fields", Value = "team" }, new Label { Key = "team", Value = "cart" } },
            });
        using var connection = await receiver.AcceptTcpClientAsync(limit);
        using var lines = new StreamReader(connection.GetStream());
        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        var got = (await lines.ReadToEndAsync(limit)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToArray();
        await rig.ExpectExitAsync(0);

        var hello = got.Single(one => (string?)one["stream"] == "stdout");
        Assert.That(
            new[] { "message", "level", "task", "executor", "region", "team", "@version" }.Select(name => (string?)hello[name]),
            Is.EqualTo(new[] { "hello", "warn", "task", "executor", "eu", "cart", "1" }));
        Assert.That((string?)got.Single(one => (string?)one["stream"] == "stderr")["message"], Is.EqualTo("plain"));
        Assert.That(got.Where(one => (string?)one["stream"] == "executor").Select(one => (string?)one["message"]), Has.Some.Contains("registered"));
        Assert.That(await rig.OutputAsync(), Is.EqualTo("{\"msg\":\"hello\",\"level\":\"warn\"}\n"));
    }

    [Test]
    public async Task Receivers_are_found_through_Consul(CancellationToken limit)
    {
        using var receiver = new TcpListener(IPAddress.Loopback, 0);
        receiver.Start();
        await using var consul = new ConsulFake(TimeProvider.System).Start();
        using var client = new HttpClient();
        using var instance = new StringContent($$"""{"ID":"one","Name":"logs","Address":"127.0.0.1","Port":{{((IPEndPoint)receiver.LocalEndpoint).Port}}}""");
        using var answer = await client.PutAsync(new Uri($"http://{consul.Address}/v1/agent/service/register"), instance, limit);
        await using var rig = new AgentRig(driver, limit, Settings(
            ("EXECUTOR_LOG_MODE", "both"), ("EXECUTOR_LOG_CONSUL_SERVICE", "logs"), ("EXECUTOR_CONSUL_HTTP_ADDR", consul.Address)));
        rig.LaunchScript("echo found");
        using var connection = await receiver.AcceptTcpClientAsync(limit);
        using var lines = new StreamReader(connection.GetStream());

        Assert.That((string?)JsonNode.Parse((await lines.ReadLineAsync(limit))!)!["message"], Is.EqualTo("found"));
        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task A_file_for_all_tasks_that_cannot_be_used_ends_the_executor_in_one_line(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit, Settings(
            ("EXECUTOR_LOG_CONSUL_SERVICE", "logs"), ("EXECUTOR_CONSUL_HTTP_ADDR", "https://127.0.0.1:1"), ("EXECUTOR_CONSUL_CACERT", "/no/such.pem")));
        rig.Launch("true");

        Assert.That((await rig.NextAsync<AgentEvent.ExecutorExited>()).Exit?.Code, Is.EqualTo(2));
        Assert.That(await rig.ErrorsAsync(), Does.Match("(?m)^executor: EXECUTOR_CONSUL_CACERT or CONSUL_CACERT is \"/no/such.pem\": .+$").And.Not.Contain("   at "));
    }

    [Test]
    public async Task A_file_that_the_task_deletes_is_made_anew(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit, Settings());
        rig.LaunchScript("rm stdout; until [ -s stdout ]; do echo again; done");
        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);

        Assert.That(await rig.OutputAsync(), Does.StartWith("again\n"));
    }

    [Test]
    public async Task Without_a_receiver_what_was_to_be_shipped_only_is_left_in_the_sandbox(CancellationToken limit)
    {
        using var nobody = new Socket(SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var rig = new AgentRig(driver, limit, Settings(
            ("EXECUTOR_LOG_ADDRESSES", $"127.0.0.1:{((IPEndPoint)nobody.LocalEndPoint!).Port}"), ("EXECUTOR_LOG_MODE", "ship"), ("EXECUTOR_LOG_FLUSH", "100ms")));
        rig.LaunchScript("echo kept");
        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);

        Assert.That(await File.ReadAllTextAsync(Path.Combine(rig.Sandbox, "unshipped-task.json"), limit), Does.Contain("\"message\":\"kept\""));
        Assert.That(await rig.OutputAsync(), Is.Empty);
    }

    private static Func<LocalAgentOptions, LocalAgentOptions> Settings(params (string Name, string Value)[] settings) => options =>
    {
        var all = new Dictionary<string, string>(options.ExecutorEnvironment, StringComparer.Ordinal);
        foreach (var (name, value) in settings) all[name] = value;
        return options with { ExecutorEnvironment = all };
    };

    /// <summary>Of the file and of those that it was before, the oldest first.</summary>
    private static async Task<List<string>> LinesAsync(AgentRig rig, string name, CancellationToken limit)
    {
        var lines = new List<string>();
        foreach (var file in Directory.GetFiles(rig.Sandbox, name + "*").OrderByDescending(file => Path.GetExtension(file) is ['.', .. var number] ? int.Parse(number) : 0))
            lines.AddRange(await File.ReadAllLinesAsync(file, limit));
        return lines;
    }
}
