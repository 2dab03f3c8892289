using System.Diagnostics;
using System.Runtime.Versioning;
using Mesos;

namespace Executor.EndToEnd.Tests.Program;

/// <summary>The published executor when kills come early, often, late, or for what it does not know.</summary>
[TestFixture(DriverKind.Managed)]
[TestFixture(DriverKind.LibmesosNew)]
[TestFixture(DriverKind.LibmesosOld)]
[CancelAfter(60_000)]
public sealed class KillTests(DriverKind driver)
{
    private static readonly TaskState[] KilledWhileStarting =
        [TaskState.TaskStarting, TaskState.TaskKilling, TaskState.TaskKilled];

    [Test]
    public async Task A_kill_for_an_unknown_task_is_answered_once_and_its_late_launch_is_refused(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        var processes = await rig.LaunchKeeperAsync();

        rig.SendKill("ghost");
        rig.SendKill("ghost");
        rig.SendLaunch("echo > ran", "ghost");
        rig.SendKill("ghost");

        var status = await rig.NextStatusAsync(TaskState.TaskKilled);
        Assert.That(status.TaskId.Value, Is.EqualTo("ghost"));
        await rig.AskAsync("status");
        await rig.KillKeeperAsync(processes, limit);
        Assert.That(File.Exists(Path.Combine(rig.Sandbox, "ran")), Is.False);
        Assert.That(await rig.ErrorsAsync(), Does.Contain("task ghost: refused"));
    }

    [Test]
    public async Task A_second_launch_of_a_live_id_is_refused_and_the_first_runs_on(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        var processes = await rig.LaunchKeeperAsync();
        rig.LaunchScript("echo first >> ran; exec sleep 1000", id: "twin");
        await rig.ExpectRunningAsync();
        var before = Twin(await rig.AskAsync("status"));

        rig.SendLaunch("echo second >> ran", "twin");

        Assert.That(Twin(await rig.AskAsync("status")), Is.EqualTo(before));
        rig.Agent.KillTask("twin");
        await rig.NextStatusAsync(TaskState.TaskKilling);
        await rig.NextStatusAsync(TaskState.TaskKilled);
        await rig.KillKeeperAsync(processes, limit);
        Assert.That(await File.ReadAllTextAsync(Path.Combine(rig.Sandbox, "ran"), limit), Is.EqualTo("first\n"));
        Assert.That(await rig.ErrorsAsync(), Does.Contain("task twin: refused"));

        static int Twin(System.Text.Json.JsonElement status) => status.GetProperty("tasks").EnumerateArray()
            .Single(task => task.GetProperty("id").GetString() == "twin").GetProperty("pid").GetInt32();
    }

    [Test]
    [SupportedOSPlatform("linux")]
    public async Task A_kill_before_the_start_leaves_nothing_that_could_start_later(CancellationToken limit)
    {
        using var gated = new GatedExecutor();
        await using var rig = new AgentRig(driver, limit) { Executor = gated.Program };
        gated.Gate.Open();
        var processes = await rig.LaunchKeeperAsync();
        rig.LaunchScript("echo > ran; sleep 1000", id: "early");
        await rig.NextStatusAsync(TaskState.TaskStarting);

        rig.Agent.KillTask("early");

        await rig.NextStatusAsync(TaskState.TaskKilling);
        var status = await rig.NextStatusAsync(TaskState.TaskKilled);
        Assert.That(status.Message, Is.EqualTo("killed by the framework; nothing was running"));
        gated.Gate.Open();
        await rig.KillKeeperAsync(processes, limit);
        Assert.That(File.Exists(Path.Combine(rig.Sandbox, "ran")), Is.False);
    }

    [Test]
    public async Task A_kill_right_behind_the_launch_is_one_KILLED_and_nothing_runs_on(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        var processes = await rig.LaunchKeeperAsync();

        for (var i = 0; i < 20; i++)
        {
            var id = $"task-{i}";
            rig.LaunchScript("sleep 1000", graceSeconds: 1000, id);
            rig.Agent.KillTask(id);
            var states = new List<TaskState>();
            do states.Add((await rig.NextStatusAsync()).State);
            while (states[^1] != TaskState.TaskKilled);
            Assert.That(states.Where(state => state != TaskState.TaskRunning), Is.EqualTo(KilledWhileStarting));
        }

        await rig.KillKeeperAsync(processes, limit);
    }

    [Test]
    public async Task A_kill_repeated_for_the_whole_grace_changes_nothing(CancellationToken limit)
    {
        const int graceSeconds = 2;
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript("trap 'echo >> terms' TERM; echo > ready; while :; do sleep 0.05; done", graceSeconds);
        await rig.ExpectRunningAsync();
        await rig.LineOfAsync("ready");
        var asked = Stopwatch.GetTimestamp();
        rig.Agent.KillTask("task");
        await rig.NextStatusAsync(TaskState.TaskKilling);

        var end = rig.NextStatusAsync(TaskState.TaskKilled);
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        for (; !end.IsCompleted; await again.WaitForNextTickAsync(limit)) rig.Agent.KillTask("task");

        Assert.That((await end).Message, Does.Contain("SIGKILL").And.Contain("grace period"));
        Assert.That(Stopwatch.GetElapsedTime(asked).TotalSeconds, Is.GreaterThan(graceSeconds - 0.1), "a timer may be a tick early");
        Assert.That(await File.ReadAllTextAsync(Path.Combine(rig.Sandbox, "terms"), limit), Is.EqualTo("\n"));
        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task A_shutdown_during_a_long_kill_grace_shortens_it(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript("trap '' TERM; echo > ready; while :; do sleep 0.1; done", graceSeconds: 60);
        await rig.ExpectRunningAsync();
        await rig.LineOfAsync("ready");
        rig.Agent.KillTask("task");
        await rig.NextStatusAsync(TaskState.TaskKilling);

        rig.Agent.ShutdownExecutor("executor");

        var status = await rig.NextStatusAsync(TaskState.TaskKilled);
        Assert.That(status.Message, Does.StartWith("killed by the framework").And.Contain("SIGKILL"));
        await rig.ExpectExitAsync(0);
    }
}
