using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Executor.Core.Ports;
using Executor.Libprocess;
using Mesos;

namespace Executor.EndToEnd.Tests.Program;

/// <summary>What the published executor leaves of a task's processes, and what it hands down to them.</summary>
[TestFixture(DriverKind.Managed)]
[TestFixture(DriverKind.LibmesosNew)]
[TestFixture(DriverKind.LibmesosOld)]
[CancelAfter(30_000)]
public sealed class TreeTests(DriverKind driver)
{
    /// <summary>A child in a session of its own that nothing but SIGKILL ends.</summary>
    private const string Stubborn =
        "(setsid sh -c 'trap \"\" TERM; echo $$ > child.pid; while :; do sleep 1; done' &); until [ -s child.pid ]; do :; done";

    [Test]
    public async Task A_child_that_ignores_SIGTERM_dies_though_its_leader_has_left_within_the_grace(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript($"{Stubborn}; exec sleep 1000", graceSeconds: 0.5);
        await rig.ExpectRunningAsync();
        var child = await ChildAsync(rig);

        rig.Agent.KillTask("task");

        await rig.NextStatusAsync(TaskState.TaskKilling);
        await rig.NextStatusAsync(TaskState.TaskKilled);
        Assert.That(AgentRig.IsAlive(child), Is.False);
        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task A_child_that_ignores_SIGTERM_dies_though_its_leader_FINISHED_by_itself(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript(Stubborn, graceSeconds: 0.5);
        await rig.ExpectRunningAsync();

        await rig.NextStatusAsync(TaskState.TaskFinished);

        Assert.That(AgentRig.IsAlive(await ChildAsync(rig)), Is.False);
        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task A_grace_of_zero_is_SIGKILL_at_once(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript("trap '' TERM; echo ready > ready; while :; do sleep 1; done", graceSeconds: 0);
        await rig.ExpectRunningAsync();
        await rig.LineOfAsync("ready");

        rig.Agent.KillTask("task");

        await rig.NextStatusAsync(TaskState.TaskKilling);
        var status = await rig.NextStatusAsync(TaskState.TaskKilled);
        Assert.That(status.Message, Does.Contain("SIGKILL"));
        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task The_ports_of_a_task_are_free_when_its_killed_executor_is_told_of(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript($"(setsid '{Built.Program("test-task")}' listen > port &); exec sleep 1000");
        await rig.ExpectRunningAsync();
        var port = int.Parse(await rig.LineOfAsync("port"), CultureInfo.InvariantCulture);

        AgentRig.SendSignal(rig.ExecutorPid, Signals.Kill);

        await rig.NextAsync<AgentEvent.ExecutorExited>();
        using var next = new TcpListener(IPAddress.Loopback, port);
        Assert.That(next.Start, Throws.Nothing);
    }

    /// <summary>libprocess and .NET ignore SIGPIPE, and an exec would hand that down.</summary>
    [Test]
    public async Task A_task_starts_with_no_signal_ignored_or_blocked(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.Launch("grep -E '^Sig(Ign|Blk):' /proc/self/status");

        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);
        Assert.That(await rig.OutputAsync(), Is.EqualTo("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n"));
    }

    [Test]
    public async Task Ten_thousand_orphans_of_a_running_task_leave_no_zombie(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript("i=0; while [ $i -lt 10000 ]; do (: &); i=$((i+1)); done; echo ready > ready; exec sleep 1000");
        await rig.ExpectRunningAsync();
        await rig.LineOfAsync("ready");

        // Its supervisor and its leader.
        while (Torture.MarkedProcesses.Below(rig.ExecutorPid).Count > 2)
        {
            Assert.That(limit.IsCancellationRequested, Is.False, Torture.MarkedProcesses.Describe(rig.ExecutorPid));
            await Task.Yield();
        }

        rig.Agent.KillTask("task");
        await rig.NextStatusAsync(TaskState.TaskKilling);
        await rig.NextStatusAsync(TaskState.TaskKilled);
        await rig.ExpectExitAsync(0);
    }

    private static async Task<int> ChildAsync(AgentRig rig) =>
        int.Parse(await rig.LineOfAsync("child.pid"), CultureInfo.InvariantCulture);
}
