using Mesos;

namespace Executor.EndToEnd.Tests.Program;

/// <summary>The published executor when a framework gives it hundreds of tasks at once.</summary>
[TestFixture(DriverKind.Managed)]
[TestFixture(DriverKind.LibmesosNew)]
[TestFixture(DriverKind.LibmesosOld)]
[CancelAfter(180_000)]
[NonParallelizable]
public sealed class BurstTests(DriverKind driver)
{
    private const int Tasks = 500;
    private static readonly TaskState[] Started = [TaskState.TaskStarting, TaskState.TaskRunning];
    private static readonly TaskState[] Killed = [TaskState.TaskKilling, TaskState.TaskKilled];
    private static readonly string[] Ids = [.. Enumerable.Range(0, Tasks).Select(number => $"task-{number}")];

    [Test]
    public async Task All_run_and_all_end_each_with_one_terminal_status_and_nothing_is_left(CancellationToken limit)
    {
        using var gate = new Gate();
        await using var rig = new AgentRig(driver, limit);
        var processes = await rig.LaunchKeeperAsync();
        await LaunchAsync(rig, gate.Wait);

        gate.Open(Tasks);

        Expect(await rig.NextStatusesAsync(Tasks), [TaskState.TaskFinished]);
        await rig.KillKeeperAsync(processes, limit);
    }

    [Test]
    public async Task All_that_are_killed_at_once_end_each_with_one_terminal_status_and_nothing_is_left(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        var processes = await rig.LaunchKeeperAsync();
        await LaunchAsync(rig, "exec sleep 1000");

        foreach (var id in Ids) rig.Agent.KillTask(id);

        Expect(await rig.NextStatusesAsync(Tasks * Killed.Length), Killed);
        await rig.KillKeeperAsync(processes, limit);
    }

    [Test]
    public async Task All_that_are_shut_down_at_once_end_within_the_shutdown_grace(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        await LaunchAsync(rig, "exec sleep 1000");

        rig.Agent.ShutdownExecutor("executor");

        var statuses = await rig.NextStatusesAsync(Tasks * Killed.Length);
        Expect(statuses, Killed);
        await rig.ExpectExitAsync(0);
    }

    private static async Task LaunchAsync(AgentRig rig, string script)
    {
        foreach (var id in Ids) rig.LaunchScript(script, id: id);
        Expect(await rig.NextStatusesAsync(Tasks * Started.Length), Started);
    }

    private static void Expect(ILookup<string, TaskState> statuses, TaskState[] each)
    {
        Assert.That(statuses.Select(task => task.Key), Is.EquivalentTo(Ids));
        foreach (var task in statuses) Assert.That(task, Is.EqualTo(each), task.Key);
    }
}
