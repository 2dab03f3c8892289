using System.Globalization;
using System.Text.Json;
using Executor.Libprocess;
using Mesos;

namespace Executor.EndToEnd.Tests.Program;

/// <summary>The executor's own log, in its stderr.</summary>
[TestFixture(DriverKind.Managed)]
[CancelAfter(60_000)]
public sealed class LogTests(DriverKind driver)
{
    private static readonly string[] Story =
    [
        "starting /bin/sh from TaskInfo.data",
        @"running as pid \d+, \d\.\d{3} s after its launch",
        "TASK_RUNNING",
        "to be ended: killed by the framework",
        "TASK_KILLING: killed by the framework",
        @"SIGTERM to all its processes, SIGKILL to those left after 0\.[45]\d\d s",
        "the grace period is over, sending SIGKILL",
        @"the command was ended by signal SIGKILL \(9\), after \d+\.\d{3} s",
        @"no process is left, \d+\.\d{3} s after SIGTERM \(user .*\)",
        @"TASK_KILLED: killed by the framework; the command was ended by signal SIGKILL .* after the grace period was over \(user .*\)",
        @"over, \d+\.\d{3} s after its launch",
    ];

    [Test]
    public async Task It_tells_the_story_of_a_task_one_line_each(CancellationToken limit)
    {
        var lines = await KillAsync("false", limit);

        Assert.That(lines, Has.All.Match(@"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z executor (info|warn|error) \S"));
        Assert.That(string.Join('\n', lines), Does.Match(string.Join(@"\n(?s:.*)", Story.Select(line => $" task stubborn: {line}"))));
        Assert.That(lines, Has.None.Contain("token-4711"), "a command line may hold a secret");
    }

    [Test]
    public async Task As_JSON_every_line_is_one_object_and_names_its_task(CancellationToken limit)
    {
        var lines = (await KillAsync("true", limit)).Select(line => JsonDocument.Parse(line).RootElement).ToArray();

        Assert.That(lines.Select(line => DateTime.Parse(Text(line, "@timestamp"), CultureInfo.InvariantCulture)), Is.Ordered);
        Assert.That(lines.Select(line => Text(line, "level")), Is.All.Matches("^(info|warn|error)$"));
        Assert.That(lines.Select(line => Text(line, "logger")), Does.Contain("status").And.Contain("task").And.Contain("executor"));
        Assert.That(lines[0].TryGetProperty("task", out _), Is.False, "no task had come yet");
        var story = lines.Where(line => line.TryGetProperty("task", out var task) && task.ValueEquals("stubborn"))
            .Select(line => Text(line, "message"));
        Assert.That(string.Join('\n', story), Does.Match(string.Join(@"\n(?s:.*)", Story)));
    }

    /// <summary>The log of a task that has to be killed.</summary>
    private async Task<string[]> KillAsync(string json, CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit, o => o with
        {
            ExecutorEnvironment = o.ExecutorEnvironment.Append(new("EXECUTOR_LOG_JSON", json)).ToDictionary(),
        });
        rig.LaunchScript("trap '' TERM; : token-4711; echo > ready; while :; do sleep 1; done", graceSeconds: 0.5, id: "stubborn");
        await rig.ExpectRunningAsync();
        await rig.LineOfAsync("ready");
        rig.Agent.KillTask("stubborn");
        await rig.NextStatusAsync(TaskState.TaskKilling);
        await rig.NextStatusAsync(TaskState.TaskKilled);
        await rig.ExpectExitAsync(0);
        return (await rig.ErrorsAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string Text(JsonElement line, string property) => line.GetProperty(property).GetString()!;
}
