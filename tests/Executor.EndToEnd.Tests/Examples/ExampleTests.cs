using System.Net;

namespace Executor.EndToEnd.Tests.Examples;

/// <summary>The examples of the repository, run as its readers run them.</summary>
[TestFixture(DriverKind.Managed)]
[TestFixture(DriverKind.LibmesosNew)]
[TestFixture(DriverKind.LibmesosOld)]
[NonParallelizable]
public class ExampleTests(DriverKind driver)
{
    private const int Limit = 60_000;

    [Test]
    [CancelAfter(Limit)]
    public async Task Batch_starts_runs_and_finishes(CancellationToken cancellationToken)
    {
        await using var run = ControlRun.Start(driver, ControlRun.Example("batch.json"));
        Assert.That(await run.EndAsync(cancellationToken), Is.Zero);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.States, Is.EqualTo(new[] { "TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED" }));
            Assert.That(
                run.Seen.Where(ControlRun.Is("output")).Select(output => ControlRun.Text(output, "line")),
                Has.Member("counting").And.Member("done"));
            Assert.That(run.Seen, Has.Exactly(1).Matches<System.Text.Json.JsonElement>(exit => ControlRun.Is("exit")(exit)));
        }
    }

    [Test]
    [CancelAfter(Limit)]
    public async Task Web_becomes_healthy_serves_and_drains_when_killed(CancellationToken cancellationToken)
    {
        await using var run = ControlRun.Start(driver, ControlRun.Example("web.json"), "--instances", "1");
        var launch = await run.WaitForAsync(ControlRun.Is("launch"), cancellationToken);
        var port = launch.GetProperty("ports")[0].GetInt32();
        await run.WaitForAsync(
            happened => ControlRun.Text(happened, "line")?.StartsWith("listening", StringComparison.Ordinal) == true,
            cancellationToken);

        using var client = new HttpClient { BaseAddress = new Uri($"http://localhost:{port}") };
        while (await StatusAsync(client, "/health", cancellationToken) == HttpStatusCode.ServiceUnavailable)
        {
            // Not warm yet; every answer takes a moment, and the limit ends a service that never is.
        }

        Assert.That(await StatusAsync(client, "/health", cancellationToken), Is.EqualTo(HttpStatusCode.OK));

        run.Interrupt();
        Assert.That(await run.EndAsync(cancellationToken), Is.Zero);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.States.Last(), Is.EqualTo("TASK_KILLED"));
            // The local framework has the capability.
            Assert.That(run.States, Has.Member("TASK_KILLING"));
            Assert.That(
                run.Seen.Where(ControlRun.Is("output")).Select(output => ControlRun.Text(output, "line")),
                Has.Member("drained, good bye"));
        }
    }

    [Test]
    [CancelAfter(Limit)]
    public async Task Every_instance_survives_a_restart_of_the_agent_and_is_killed_after_it(
        CancellationToken cancellationToken)
    {
        await using var run = ControlRun.Start(
            driver, ControlRun.Example("stubborn.json"), "--instances", "3", "--restart-agent-after", "1s", "--kill-after", "1100ms");

        Assert.That(await run.EndAsync(cancellationToken), Is.Zero);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Seen.Count(ControlRun.Is("reregistered")), Is.EqualTo(3));
            Assert.That(run.States.Count(state => state == "TASK_KILLED"), Is.EqualTo(3));
        }
    }

    [Test]
    [CancelAfter(Limit)]
    public async Task A_shutdown_ends_the_run_well(CancellationToken cancellationToken)
    {
        await using var run = ControlRun.Start(driver, ControlRun.Example("web.json"));
        for (var instance = 0; instance < 2; instance++)
            await run.WaitForAsync(ControlRun.IsStatus("TASK_RUNNING"), cancellationToken);

        run.Interrupt();
        await run.WaitForAsync(ControlRun.Is("kill"), cancellationToken);
        run.Interrupt();

        Assert.That(await run.EndAsync(cancellationToken), Is.Zero);
        Assert.That(run.States.Count(state => state == "TASK_KILLED"), Is.EqualTo(2));
    }

    [Test]
    [CancelAfter(Limit)]
    public async Task A_second_interrupt_shuts_down_what_a_long_grace_keeps(CancellationToken cancellationToken)
    {
        await using var run = ControlRun.Start(driver, ControlRun.Example("stubborn.json"), "--kill-after", "60s");
        await run.WaitForAsync(happened => ControlRun.Text(happened, "line") == "working", cancellationToken);

        run.Interrupt();
        await run.WaitForAsync(ControlRun.Is("kill"), cancellationToken);
        run.Interrupt();

        await run.WaitForAsync(ControlRun.Is("shutdown"), cancellationToken);
        Assert.That(await run.EndAsync(cancellationToken), Is.Zero);
    }

    private static async Task<HttpStatusCode> StatusAsync(
        HttpClient client, string path, CancellationToken cancellationToken)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        return answer.StatusCode;
    }

    [Test]
    [CancelAfter(Limit)]
    public async Task Stubborn_outlasts_SIGTERM_and_ends_after_its_grace(CancellationToken cancellationToken)
    {
        await using var run = ControlRun.Start(driver, ControlRun.Example("stubborn.json"));
        await run.WaitForAsync(
            happened => ControlRun.Text(happened, "line") == "working", cancellationToken);
        run.Interrupt();
        var kill = await run.WaitForAsync(ControlRun.Is("kill"), cancellationToken);
        var killed = await run.WaitForAsync(ControlRun.IsStatus("TASK_KILLED"), cancellationToken);
        Assert.That(await run.EndAsync(cancellationToken), Is.Zero);
        Assert.That(killed.GetProperty("ms").GetInt64() - kill.GetProperty("ms").GetInt64(), Is.GreaterThanOrEqualTo(1_900));
    }

    [Test]
    [CancelAfter(Limit)]
    public async Task A_task_that_fails_makes_the_run_fail(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("executor-examples-");
        try
        {
            var app = Path.Combine(folder.FullName, "app.json");
            await File.WriteAllTextAsync(app, """{"id": "/failing", "cmd": "exit 3"}""", cancellationToken);
            await using var run = ControlRun.Start(driver, app, "--sandbox", Path.Combine(folder.FullName, "sandboxes"));
            Assert.That(await run.EndAsync(cancellationToken), Is.EqualTo(1));
            Assert.That(run.States.Last(), Is.EqualTo("TASK_FAILED"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Test]
    [CancelAfter(Limit)]
    public async Task Output_stands_in_the_sandbox_and_comes_line_by_line(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("executor-examples-");
        try
        {
            var app = Path.Combine(folder.FullName, "app.json");
            await File.WriteAllTextAsync(app, """{"id": "/writer", "cmd": "printf 'one\\ntwo'"}""", cancellationToken);
            await using var run = ControlRun.Start(driver, app, "--sandbox", folder.FullName);
            Assert.That(await run.EndAsync(cancellationToken), Is.Zero);

            var sandbox = ControlRun.Text(run.Seen.First(ControlRun.Is("launch")), "sandbox")!;
            Assert.That(
                run.Seen.Where(ControlRun.Is("output")).Select(output => ControlRun.Text(output, "line")),
                Has.Member("one").And.Member("two"));
            Assert.That(await File.ReadAllTextAsync(Path.Combine(sandbox, "stdout"), cancellationToken), Does.Contain("one\ntwo"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
