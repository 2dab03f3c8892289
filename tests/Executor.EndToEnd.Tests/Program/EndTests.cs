using System.Globalization;
using Executor.Core.Ports;
using Executor.Core.Processes;
using Executor.Libprocess;
using Mesos;

namespace Executor.EndToEnd.Tests.Program;

/// <summary>The published executor when somebody ends its task, itself, or its agent.</summary>
[TestFixture(DriverKind.Managed)]
[TestFixture(DriverKind.LibmesosNew)]
[TestFixture(DriverKind.LibmesosOld)]
[CancelAfter(30_000)]
public sealed class EndTests(DriverKind driver)
{
    /// <summary>A child in a session of its own, whose parent has left it: no process group holds it any more.</summary>
    private const string Daemon = "(setsid sh -c 'echo $$ > daemon.pid; exec sleep 1000' &)";

    [Test]
    public async Task A_kill_ends_the_whole_tree_with_SIGTERM_and_at_once(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript($"{Daemon}; sleep 1000", graceSeconds: 1000);
        await rig.ExpectRunningAsync();
        var daemon = await PidAsync(rig, "daemon.pid");

        rig.Agent.KillTask("task");

        await rig.NextStatusAsync(TaskState.TaskKilling);
        var status = await rig.NextStatusAsync(TaskState.TaskKilled);
        Assert.That(status.Message, Does.Contain("SIGTERM"));
        Assert.That(AgentRig.IsAlive(daemon), Is.False);
        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task A_child_that_outlives_its_shell_still_gets_its_grace(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript("sh -c 'trap \"sleep 0.5; echo drained; exit 0\" TERM; echo $$ > child.pid; while :; do sleep 0.1; done' & wait");
        await rig.ExpectRunningAsync();
        await PidAsync(rig, "child.pid");

        rig.Agent.KillTask("task");

        await rig.NextStatusAsync(TaskState.TaskKilling);
        await rig.NextStatusAsync(TaskState.TaskKilled);
        await rig.ExpectExitAsync(0);
        Assert.That(await rig.OutputAsync(), Does.Contain("drained"));
    }

    [Test]
    public async Task A_task_that_ignores_SIGTERM_gets_SIGKILL_when_its_grace_is_over(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript("trap '' TERM; echo $$ > ready; while :; do sleep 1; done", graceSeconds: 0.5);
        await rig.ExpectRunningAsync();
        await PidAsync(rig, "ready");

        rig.Agent.KillTask("task");

        await rig.NextStatusAsync(TaskState.TaskKilling);
        var status = await rig.NextStatusAsync(TaskState.TaskKilled);
        Assert.That(status.Message, Does.Contain("SIGKILL").And.Contain("grace period"));
        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task A_framework_without_the_capability_never_sees_KILLING(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit, o =>
        {
            o.Framework.Capabilities.Clear();
            return o;
        });
        rig.LaunchScript("sleep 1000");
        await rig.ExpectRunningAsync();

        rig.Agent.KillTask("task");

        await rig.NextStatusAsync(TaskState.TaskKilled);
        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task What_a_finished_leader_left_behind_is_ended_before_the_status_goes_out(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript($"{Daemon}; until [ -s daemon.pid ]; do :; done");
        await rig.ExpectRunningAsync();

        await rig.NextStatusAsync(TaskState.TaskFinished);

        Assert.That(AgentRig.IsAlive(await PidAsync(rig, "daemon.pid")), Is.False);
        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task A_shutdown_ends_the_task_within_the_shutdown_grace(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit, o => o with { ExecutorShutdownGrace = TimeSpan.FromSeconds(3) });
        rig.LaunchScript("trap '' TERM; echo $$ > ready; while :; do sleep 1; done", graceSeconds: 1000);
        await rig.ExpectRunningAsync();
        await PidAsync(rig, "ready");

        rig.Agent.ShutdownExecutor("executor");

        await rig.NextStatusAsync(TaskState.TaskKilling);
        await rig.NextStatusAsync(TaskState.TaskKilled);
        await rig.ExpectExitAsync(0);
    }

    [TestCase(15)]
    [TestCase(2)]
    public async Task A_signal_to_the_executor_is_a_shutdown(int signal, CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript("sleep 1000");
        await rig.ExpectRunningAsync();

        AgentRig.SendSignal(rig.ExecutorPid, signal);

        await rig.NextStatusAsync(TaskState.TaskKilling);
        await rig.NextStatusAsync(TaskState.TaskKilled);
        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task No_process_of_the_task_outlives_an_executor_that_is_killed(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript($"{Daemon}; sleep 1000");
        await rig.ExpectRunningAsync();
        var daemon = await PidAsync(rig, "daemon.pid");

        AgentRig.SendSignal(rig.ExecutorPid, Signals.Kill);

        var status = await rig.NextStatusAsync(TaskState.TaskFailed);
        Assert.That(status.Reason, Is.EqualTo(Mesos.TaskStatus.Types.Reason.ExecutorTerminated));
        Assert.That(AgentRig.IsAlive(daemon), Is.False);
    }

    [Test]
    public async Task A_task_runs_on_through_a_restart_of_a_checkpointing_agent(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit, AgentRig.Checkpointing);
        rig.LaunchScript("sleep 1000");
        await rig.ExpectRunningAsync();

        await rig.Agent.RestartAsync(TimeSpan.FromMilliseconds(300)).WaitAsync(limit);
        await rig.NextAsync<AgentEvent.ExecutorReregistered>();
        rig.Agent.KillTask("task");

        await rig.NextStatusAsync(TaskState.TaskKilling);
        await rig.NextStatusAsync(TaskState.TaskKilled);
        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task A_task_that_ends_while_the_agent_is_away_is_FINISHED_afterwards(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit, AgentRig.Checkpointing);
        rig.LaunchScript("mkfifo gate; echo ready > ready; read line < gate");
        await rig.ExpectRunningAsync();
        await rig.LineOfAsync("ready");

        var restart = rig.Agent.RestartAsync(TimeSpan.FromMilliseconds(500));
        await File.WriteAllTextAsync(Path.Combine(rig.Sandbox, "gate"), "go\n", limit);
        await restart.WaitAsync(limit);

        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task Without_checkpointing_an_executor_whose_agent_is_gone_ends_its_task_and_leaves(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript($"{Daemon}; sleep 1000");
        await rig.ExpectRunningAsync();
        var daemon = await PidAsync(rig, "daemon.pid");

        await rig.Agent.RestartAsync(TimeSpan.FromMilliseconds(100)).WaitAsync(limit);

        await rig.NextAsync<AgentEvent.ExecutorExited>();
        Assert.That(AgentRig.IsAlive(daemon), Is.False);
        Assert.That(await rig.ErrorsAsync(), Does.Contain("is gone"));
    }

    private static async Task<int> PidAsync(AgentRig rig, string file) =>
        int.Parse(await rig.LineOfAsync(file), CultureInfo.InvariantCulture);
}
