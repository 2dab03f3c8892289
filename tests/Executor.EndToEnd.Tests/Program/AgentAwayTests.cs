using System.Runtime.Versioning;
using Executor.EndToEnd.Tests.Torture;
using Executor.Libprocess;
using Mesos;

namespace Executor.EndToEnd.Tests.Program;

/// <summary>The published executor while its agent is away, for a while or for good.</summary>
[TestFixture(DriverKind.Managed)]
[TestFixture(DriverKind.LibmesosNew)]
[TestFixture(DriverKind.LibmesosOld)]
[CancelAfter(60_000)]
public sealed class AgentAwayTests(DriverKind driver)
{
    private const string IgnoresTerminate = "trap '' TERM; echo >> ready; while :; do sleep 0.1; done";

    [Test]
    public async Task Without_checkpointing_all_tasks_end_before_libmesos_kills_the_executor(CancellationToken limit)
    {
        var marked = new MarkedProcesses();
        await using var rig = new AgentRig(driver, limit, o => o with
        {
            ExecutorEnvironment = o.ExecutorEnvironment.Concat(marked.Environment).ToDictionary(),
        });
        rig.LaunchScript($"({IgnoresTerminate}) & wait", graceSeconds: 1000, "child");
        rig.LaunchScript(IgnoresTerminate, graceSeconds: 1000, "plain");
        rig.LaunchScript($"(setsid sh -c \"{IgnoresTerminate}\" &); sleep 1000", graceSeconds: 1000, "daemon");
        await rig.NextStatusesAsync(6);
        await rig.ContentAsync("ready", "\n\n\n");

        await rig.Agent.RestartAsync(TimeSpan.FromMilliseconds(100)).WaitAsync(limit);

        var exited = await rig.NextAsync<AgentEvent.ExecutorExited>();
        Assert.That(exited.Exit?.Code, Is.Zero);
        Assert.That(marked.Alive(), Is.Empty);
        var log = await rig.ErrorsAsync();
        foreach (var task in new[] { "child", "plain", "daemon" })
            Assert.That(log, Does.Contain($"task {task}: the grace period is over").And.Contain($"task {task}: TASK_KILLED"));
    }

    [Test]
    [SupportedOSPlatform("linux")]
    public async Task With_checkpointing_what_came_up_meanwhile_arrives_afterwards_in_order_and_once(CancellationToken limit)
    {
        using var gated = new GatedExecutor();
        using var gate = new Gate();
        await using var rig = new AgentRig(driver, limit, AgentRig.Checkpointing) { Executor = gated.Program };
        gated.Gate.Open(3);
        foreach (var id in new[] { "stays", "finishes", "fails" })
            rig.LaunchScript(id == "stays" ? "sleep 1000" : $"{gate.Wait}; {(id == "fails" ? "exit 3" : "exit 0")}", id: id);
        await rig.NextStatusesAsync(6);
        rig.LaunchScript("exec sleep 1000", id: "starts");
        await rig.NextStatusAsync(TaskState.TaskStarting);
        rig.LaunchScript("exit 0", id: "starts and ends");
        await rig.NextStatusAsync(TaskState.TaskStarting);

        var back = new TaskCompletionSource();
        var restart = rig.Agent.RestartAsync(back.Task);
        await rig.LoggedAsync("the agent is gone; the tasks run on until it is back");
        gate.Open(2);
        gated.Gate.Open(2);
        string[] meanwhile =
            ["finishes: TASK_FINISHED", "fails: TASK_FAILED", "starts: TASK_RUNNING", "starts and ends: TASK_FINISHED"];
        foreach (var status in meanwhile) await rig.LoggedAsync($"task {status}");
        back.SetResult();
        await restart.WaitAsync(limit);

        var statuses = await rig.NextStatusesAsync(5);
        Assert.That(statuses["finishes"], Is.EqualTo([TaskState.TaskFinished]));
        Assert.That(statuses["fails"], Is.EqualTo([TaskState.TaskFailed]));
        Assert.That(statuses["starts"], Is.EqualTo([TaskState.TaskRunning]));
        Assert.That(statuses["starts and ends"], Is.EqualTo([TaskState.TaskRunning, TaskState.TaskFinished]));
        foreach (var id in new[] { "stays", "starts" })
        {
            rig.Agent.KillTask(id);
            await rig.NextStatusAsync(TaskState.TaskKilling);
            await rig.NextStatusAsync(TaskState.TaskKilled);
        }

        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task With_checkpointing_an_executor_whose_agent_never_comes_back_leaves_with_its_tasks(CancellationToken limit)
    {
        var marked = new MarkedProcesses();
        await using var rig = new AgentRig(driver, limit, o => o with
        {
            Checkpoint = true,
            RecoveryTimeout = TimeSpan.FromSeconds(1),
            ExecutorEnvironment = o.ExecutorEnvironment.Concat(marked.Environment).ToDictionary(),
        });
        rig.LaunchScript("exec sleep 1000");
        await rig.ExpectRunningAsync();

        var back = new TaskCompletionSource();
        var restart = rig.Agent.RestartAsync(back.Task);
        while (marked.Alive().Any())
        {
            limit.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        back.SetResult();
        await restart.WaitAsync(limit);
        var exited = await rig.NextAsync<AgentEvent.ExecutorExited>();
        Assert.That(exited.Exit?.Code, Is.Zero);
        Assert.That(await rig.ErrorsAsync(), Does.Contain("task task: TASK_KILLED"));
    }
}
