using Mesos;
using Reason = Mesos.TaskStatus.Types.Reason;

namespace Executor.EndToEnd.Tests.Program;

/// <summary>The published executor with tasks that may run for a limited time only.</summary>
[TestFixture(DriverKind.Managed)]
[TestFixture(DriverKind.LibmesosNew)]
[TestFixture(DriverKind.LibmesosOld)]
[CancelAfter(60_000)]
public sealed class RunTimeTests(DriverKind driver)
{
    [Test]
    public async Task A_task_beyond_its_maximum_completion_time_FAILED_at_once_with_the_reason(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        Launch(rig, task => task.MaxCompletionTime = new DurationInfo { Nanoseconds = 500_000_000 });

        // With this field comes a framework of 1.6, but no agent before 1.0 becomes younger by it.
        await ExpectFailedAsync(rig, hasReason: driver != DriverKind.LibmesosOld);
    }

    [Test]
    public async Task The_label_does_the_same_with_the_reason_where_the_agent_knows_it(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        Launch(rig, task => task.Labels = new Labels
        {
            Labels_ = { new Label { Key = "max-completion-time", Value = "500ms" } },
        });

        await ExpectFailedAsync(rig, hasReason: driver == DriverKind.LibmesosNew);
    }

    private static void Launch(AgentRig rig, Action<TaskInfo> limit) =>
        rig.LaunchScript("trap '' TERM; while :; do sleep 0.1; done", task =>
        {
            task.KillPolicy.GracePeriod.Nanoseconds = 1_000_000_000_000;
            limit(task);
        });

    private static async Task ExpectFailedAsync(AgentRig rig, bool hasReason)
    {
        await rig.ExpectRunningAsync();
        var status = await rig.NextStatusAsync(TaskState.TaskFailed);
        Assert.That(status.HasReason, Is.EqualTo(hasReason));
        if (hasReason) Assert.That(status.Reason, Is.EqualTo(Reason.MaxCompletionTimeReached));
        Assert.That(status.Message, Does.StartWith("the task reached its maximum completion time of 500ms").And.Contain("SIGKILL"));
        await rig.ExpectExitAsync(0);
    }
}
