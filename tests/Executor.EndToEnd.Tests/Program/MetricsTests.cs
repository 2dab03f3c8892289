using System.Net;
using System.Net.Sockets;
using System.Text;
using Mesos;

namespace Executor.EndToEnd.Tests.Program;

/// <summary>The published executor and those who collect its metrics.</summary>
[TestFixture(DriverKind.Managed)]
[TestFixture(DriverKind.LibmesosNew)]
[CancelAfter(60_000)]
public sealed class MetricsTests(DriverKind driver)
{
    [Test]
    public async Task A_real_node_exporter_tells_what_a_task_uses_and_how_it_ended(CancellationToken limit)
    {
        await using var exporter = new NodeExporter();
        await using var rig = Rig(limit, ("EXECUTOR_METRICS_PROMETHEUS", exporter.Folder), ("EXECUTOR_METRICS_INTERVAL", "1secs"));
        rig.LaunchScript("sleep 1000 & sleep 1000 & wait", Checked);
        await rig.ExpectRunningAsync();
        Assert.That((await rig.NextStatusAsync(TaskState.TaskRunning)).Healthy, Is.True);

        var text = await exporter.ScrapeAsync("outcome=\"passed\",task=\"task\"", limit);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(text, Does.Contain("node_textfile_scrape_error 0"));
            Assert.That(text, Does.Match("executor_task_threads{executor=\"executor\",framework=\"[^\"]+\",task=\"task\"} 3\n"));
            Assert.That(text, Does.Match("executor_task_start_time_seconds_count{executor=\"executor\",framework=\"[^\"]+\",task=\"task\"} 1\n"));
            Assert.That(text, Does.Match("executor_task_healthy_time_seconds_sum{[^}]*} 0\\.\\d+\n"));
            Assert.That(text, Does.Match("executor_hook_duration_seconds_count{executor=\"executor\",framework=\"[^\"]+\",hook=\"health\",outcome=\"done\",stage=\"after-start\",task=\"task\"} 1\n"));
            Assert.That(text, Does.Match("executor_process_memory_bytes{[^}]*} [\\d.]+e\\+0[67]\n"));
        }

        rig.Agent.KillTask("task");
        await rig.NextStatusAsync(TaskState.TaskKilling);
        await rig.NextStatusAsync(TaskState.TaskKilled);
        await rig.ExpectExitAsync(0);

        text = await exporter.ScrapeAsync("executor_task_ends_total{", limit);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(text, Does.Match("executor_task_ends_total{executor=\"executor\",exit=\"signalled\",framework=\"[^\"]+\",state=\"TASK_KILLED\",task=\"task\"} 1\n"));
            Assert.That(text, Does.Match("executor_task_ends_asked_total{cause=\"kill\",[^}]*} 1\n"));
            Assert.That(text, Does.Match("executor_task_termination_time_seconds_count{[^}]*} 1\n"));
            Assert.That(text, Does.Match("executor_task_cpu_time_seconds_total{[^}]*} [0-9]"));
            Assert.That(text, Does.Match("executor_task_memory_peak_bytes{[^}]*} [1-9]"));
            Assert.That(text, Does.Not.Contain("executor_process_memory_bytes"));
        }
    }

    [Test]
    public async Task What_happened_last_is_sent_before_the_executor_leaves(CancellationToken limit)
    {
        using var graphite = new TcpListener(IPAddress.Loopback, 0);
        graphite.Start();
        using var statsd = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using var rig = Rig(limit, ("EXECUTOR_METRICS_GRAPHITE", $"{graphite.LocalEndpoint}"), ("EXECUTOR_METRICS_STATSD", $"{statsd.Client.LocalEndPoint}"));
        var received = ReadAsync(graphite, limit);
        rig.LaunchScript("trap '' TERM; echo > ready; while :; do sleep 1000; done", graceSeconds: 0.1);
        await rig.ExpectRunningAsync();
        await rig.LineOfAsync("ready");

        rig.Agent.KillTask("task");
        await rig.NextStatusAsync(TaskState.TaskKilling);
        await rig.NextStatusAsync(TaskState.TaskKilled);
        await rig.ExpectExitAsync(0);

        var lines = (await received).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines, Has.All.Match(@"^executor\.[A-Za-z0-9_-]+\.executor\.[a-z.]+[A-Za-z0-9_.-]* [0-9]+(\.[0-9]{1,6})? 1[0-9]{9}$"));
        Assert.That(lines, Has.Some.Contains(".task.ends.task.TASK_KILLED.signalled 1 "));
        Assert.That(lines, Has.Some.Contains(".task.escalations.task 1 "));
        Assert.That(lines, Has.Some.Contains(".task.ends.asked.task.kill 1 "));
        var datagram = Encoding.ASCII.GetString((await statsd.ReceiveAsync(limit)).Buffer);
        Assert.That(datagram.Split('\n'), Has.All.Match(@"^executor\.[a-z.]+:[0-9.]+\|(c|g|ms)\|#([a-z]+:[^,|#:]+,)*[a-z]+:[^,|#:]+$"));
    }

    [Test]
    public async Task A_task_that_is_over_before_anybody_looks_is_told_with_what_it_has_used(CancellationToken limit)
    {
        await using var exporter = new NodeExporter();
        await using var rig = Rig(limit, ("EXECUTOR_METRICS_PROMETHEUS", exporter.Folder));
        rig.LaunchScript("i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done");
        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);

        Assert.That(await exporter.ScrapeAsync("executor_task_ends_total{", limit), Does.Match("executor_task_cpu_time_seconds_total{[^}]*} [0-9]*\\.?[0-9]*[1-9]"));
    }

    [Test]
    public async Task A_task_that_was_never_started_is_told(CancellationToken limit)
    {
        await using var exporter = new NodeExporter();
        await using var rig = Rig(limit, ("EXECUTOR_METRICS_PROMETHEUS", exporter.Folder));
        rig.LaunchScript("true", task => task.Labels = new Labels { Labels_ = { new Label { Key = "drain", Value = "soon" } } });
        await rig.NextStatusAsync(TaskState.TaskError);
        await rig.ExpectExitAsync(0);

        Assert.That(await exporter.ScrapeAsync("executor_task_ends_total{", limit), Does.Contain("exit=\"none\"").And.Contain("state=\"TASK_ERROR\""));
    }

    [Test]
    public async Task Nobody_who_takes_them_delays_nothing_that_the_agent_sees(CancellationToken limit)
    {
        await using var rig = Rig(limit, ("EXECUTOR_METRICS_GRAPHITE", "127.0.0.1:1"), ("EXECUTOR_METRICS_PROMETHEUS", "/no/such/folder"));
        rig.LaunchScript("true");
        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);
        Assert.That(await rig.ErrorsAsync(), Does.Contain("graphite: metrics are not taken: ").And.Contain("prometheus: metrics are not taken: "));
    }

    private AgentRig Rig(CancellationToken limit, params (string Name, string Value)[] settings) => new(driver, limit, options =>
    {
        var environment = driver.Settings();
        foreach (var (name, value) in settings) environment[name] = value;
        return options with { ExecutorEnvironment = environment };
    });

    private static void Checked(TaskInfo task) => task.HealthCheck = new HealthCheck
    {
        Command = new CommandInfo { Value = "true" },
        DelaySeconds = 0,
        IntervalSeconds = 0.1,
    };

    private static async Task<string> ReadAsync(TcpListener listener, CancellationToken cancel)
    {
        using var client = await listener.AcceptTcpClientAsync(cancel);
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadToEndAsync(cancel);
    }
}
