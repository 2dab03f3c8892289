using Mesos;

namespace Executor.EndToEnd.Tests.Program;

/// <summary>The published executor without a task; Executor.Core.Tests has the one that is never given any.</summary>
[TestFixture(DriverKind.Managed)]
[TestFixture(DriverKind.LibmesosNew)]
[TestFixture(DriverKind.LibmesosOld)]
[CancelAfter(60_000)]
public sealed class IdleTests(DriverKind driver)
{
    [Test]
    public async Task An_idle_executor_takes_a_second_task_and_leaves_after_it(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit, o => o with
        {
            ExecutorEnvironment = new Dictionary<string, string>(driver.Settings()) { ["EXECUTOR_IDLE_EXIT"] = "5secs" },
        });
        rig.LaunchScript("exit 0", id: "first");
        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        var executor = rig.ExecutorPid;

        rig.LaunchScript("exit 0", id: "second");

        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);
        Assert.That(rig.ExecutorPid, Is.EqualTo(executor));
    }
}
