using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using Mesos;
using Reason = Mesos.TaskStatus.Types.Reason;

namespace Executor.EndToEnd.Tests.Health;

/// <summary>The published executor checks its tasks; the test serves what they would.</summary>
[TestFixture(DriverKind.Managed)]
[TestFixture(DriverKind.LibmesosNew)]
[TestFixture(DriverKind.LibmesosOld)]
[CancelAfter(60_000)]
[SupportedOSPlatform("linux")]
public sealed class HealthTests(DriverKind driver)
{
    [Test]
    public async Task A_task_is_healthy_when_it_answers_and_FAILED_when_it_does_not_any_more(CancellationToken limit)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript("exec sleep 1000", task => task.HealthCheck = new HealthCheck
        {
            Http = new HealthCheck.Types.HTTPCheckInfo { Port = (uint)((IPEndPoint)listener.LocalEndpoint).Port, Path = "/ping" },
            DelaySeconds = 0,
            IntervalSeconds = 0.1,
            ConsecutiveFailures = 2,
        });
        await rig.ExpectRunningAsync();

        Assert.That(await AnswerAsync(listener, "200 OK", limit), Does.StartWith("GET /ping HTTP/1.1\r\n"));
        var healthy = await rig.NextStatusAsync(TaskState.TaskRunning);
        Assert.That((healthy.HasHealthy, healthy.Healthy), Is.EqualTo((true, true)));
        Assert.That(healthy.HasReason, Is.EqualTo(driver == DriverKind.LibmesosNew), "the reason is of 1.4");
        if (healthy.HasReason) Assert.That(healthy.Reason, Is.EqualTo(Reason.TaskHealthCheckStatusUpdated));

        for (var failures = 0; failures < 2; failures++)
        {
            await AnswerAsync(listener, "500 Sorry", limit);
            var sick = await rig.NextStatusAsync(TaskState.TaskRunning);
            Assert.That((sick.HasHealthy, sick.Healthy, sick.Message), Is.EqualTo((true, false, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/ping: status 500, accepted is 200-399")));
        }

        var failed = await rig.NextStatusAsync(TaskState.TaskFailed);
        Assert.That(failed.Healthy, Is.False);
        Assert.That(failed.Message, Does.StartWith("unhealthy: 2 checks failed in a row").And.Contain("SIGTERM"));
        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task A_command_checks_in_the_sandbox_with_the_tasks_environment_and_as_its_user(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LetOthersIn();
        rig.LaunchScript("exec sleep 1000", task =>
        {
            task.Executor.Command.User = "nobody";
            task.HealthCheck = Command("id -un > who; pwd > where; test \"$MESOS_SANDBOX\" = \"$PWD\"");
        });
        await rig.ExpectRunningAsync();

        Assert.That((await rig.NextStatusAsync(TaskState.TaskRunning)).Healthy, Is.True);
        Assert.That(await rig.LineOfAsync("who"), Is.EqualTo("nobody"));
        Assert.That(await rig.LineOfAsync("where"), Is.EqualTo(rig.Sandbox));
        await KillAsync(rig);
    }

    [Test]
    public async Task A_command_that_hangs_fails_with_its_whole_tree_killed_and_the_task_runs_on(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript("exec sleep 1000", task =>
        {
            task.HealthCheck = Command("(setsid sleep 1000 & echo $! > hanging); sleep 1000");
            task.HealthCheck.TimeoutSeconds = 1;
            task.HealthCheck.GracePeriodSeconds = 0;
            task.HealthCheck.ConsecutiveFailures = 0;
        });
        await rig.ExpectRunningAsync();
        var pid = int.Parse(await rig.LineOfAsync("hanging"), System.Globalization.CultureInfo.InvariantCulture);

        var sick = await rig.NextStatusAsync(TaskState.TaskRunning);

        Assert.That((sick.Healthy, sick.Message), Is.EqualTo((false, "health command: no result within 1secs")));
        Assert.That(AgentRig.IsAlive(pid), Is.False);
        rig.Agent.KillTask("task");
        while ((await rig.NextStatusAsync()).State != TaskState.TaskKilled)
        {
            // Further failures, each told, and TASK_KILLING.
        }

        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task A_generic_check_tells_its_exit_code_in_every_status(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript("exec sleep 1000", task => task.Check = new CheckInfo
        {
            Type = CheckInfo.Types.Type.Command,
            Command = new CheckInfo.Types.Command { Command_ = new CommandInfo { Value = "exit 7" } },
            DelaySeconds = 0,
        });
        await rig.ExpectRunningAsync();

        Assert.That((await rig.NextStatusAsync(TaskState.TaskRunning)).CheckStatus.Command.ExitCode, Is.EqualTo(7));
        await KillAsync(rig, status => Assert.That(status.CheckStatus.Command.ExitCode, Is.EqualTo(7)));
    }

    [Test]
    public async Task Marathons_own_check_comes_as_a_label(CancellationToken limit)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript("exec sleep 1000", task => task.Labels = new Labels
        {
            Labels_ = { new Label { Key = "health-check", Value = $"{{\"protocol\":\"TCP\",\"port\":{((IPEndPoint)listener.LocalEndpoint).Port}}}" } },
        });
        await rig.ExpectRunningAsync();

        Assert.That((await rig.NextStatusAsync(TaskState.TaskRunning)).Healthy, Is.True);
        await KillAsync(rig);
    }

    [TestCase("HOST")]
    [TestCase("EXECUTOR_HEALTH_ADDRESS")]
    public async Task Checks_go_where_the_task_listens(string variable, CancellationToken limit)
    {
        var elsewhere = IPAddress.Parse("127.0.0.2");
        using var listener = new TcpListener(elsewhere, 0);
        listener.Start();
        await using var rig = new AgentRig(driver, limit, options => options with
        {
            ExecutorEnvironment = new Dictionary<string, string>(options.ExecutorEnvironment) { [variable] = elsewhere.ToString() },
        });
        rig.LaunchScript("exec sleep 1000", task => task.HealthCheck = new HealthCheck
        {
            Tcp = new HealthCheck.Types.TCPCheckInfo { Port = (uint)((IPEndPoint)listener.LocalEndpoint).Port },
            DelaySeconds = 0,
        });
        await rig.ExpectRunningAsync();

        Assert.That((await rig.NextStatusAsync(TaskState.TaskRunning)).Healthy, Is.True);
        await KillAsync(rig);
    }

    [Test]
    public async Task A_check_that_makes_no_sense_is_TASK_ERROR_that_says_so(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript("exec sleep 1000", task => task.HealthCheck = new HealthCheck
        {
            Command = new CommandInfo { Value = "true" },
            TimeoutSeconds = -1,
        });

        Assert.That(
            (await rig.NextStatusAsync(TaskState.TaskError)).Message,
            Is.EqualTo("health_check: its timeout is -1 seconds: accepted is a number from 0 to 1,000,000,000"));
        await rig.ExpectExitAsync(0);
    }

    private static HealthCheck Command(string script) => new()
    {
        Command = new CommandInfo { Value = script },
        DelaySeconds = 0,
    };

    private static async Task KillAsync(AgentRig rig, Action<Mesos.TaskStatus>? check = null)
    {
        rig.Agent.KillTask("task");
        foreach (var state in new[] { TaskState.TaskKilling, TaskState.TaskKilled })
        {
            var status = await rig.NextStatusAsync(state);
            check?.Invoke(status);
        }

        await rig.ExpectExitAsync(0);
    }

    /// <summary>Answers one request, and gives it.</summary>
    private static async Task<string> AnswerAsync(TcpListener listener, string status, CancellationToken limit)
    {
        using var client = await listener.AcceptTcpClientAsync(limit);
        var request = new StringBuilder();
        var buffer = new byte[1024];
        while (!request.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
            request.Append(Encoding.ASCII.GetString(buffer, 0, await client.GetStream().ReadAsync(buffer, limit)));
        await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), limit);
        return request.ToString();
    }
}
