using Executor.Libprocess;
using Mesos;

namespace Executor.EndToEnd.Tests.Torture;

/// <summary>Applications that fight their end, one after the other in one executor that outlives them.</summary>
[TestFixture(DriverKind.Managed)]
[TestFixture(DriverKind.LibmesosNew)]
[TestFixture(DriverKind.LibmesosOld)]
[Category("Torture")]
[CancelAfter(90_000)]
[NonParallelizable]
public sealed class TortureAppTests(DriverKind driver)
{
    /// <summary>What an executor opens late, once, and keeps. There are more apps, so that one leak each shows.</summary>
    private const int OpenedOnce = 4;

    [Test]
    public async Task Each_ends_once_as_it_should_and_nothing_of_it_is_left(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript("exec sleep 1000", id: "keeper");
        await rig.ExpectRunningAsync();
        var processes = MarkedProcesses.Below(rig.ExecutorPid).Count;
        var descriptors = MarkedProcesses.Descriptors(rig.ExecutorPid);

        foreach (var app in TortureApp.All)
        {
            var status = await EndAsync(rig, app);
            Assert.That(status.State, Is.EqualTo(app.EndsByItself ?? TaskState.TaskKilled), $"{app}: {status.Message}");
            Assert.That(status.Message, Does.Contain(app.Text), app.Name);
            while (MarkedProcesses.Below(rig.ExecutorPid).Count > processes
                || MarkedProcesses.Descriptors(rig.ExecutorPid) > descriptors + OpenedOnce)
            {
                // The supervisor is reaped after the status went out; the time limit ends what stays for ever.
                Assert.That(limit.IsCancellationRequested, Is.False, $"after \"{app}\": {MarkedProcesses.Describe(rig.ExecutorPid)}");
                await Task.Yield();
            }
        }

        rig.Agent.KillTask("keeper");
        await rig.NextStatusAsync(TaskState.TaskKilling);
        await rig.NextStatusAsync(TaskState.TaskKilled);
        await rig.ExpectExitAsync(0);
    }

    private static async Task<Mesos.TaskStatus> EndAsync(AgentRig rig, TortureApp app)
    {
        File.Delete(Path.Combine(rig.Sandbox, "ready"));
        rig.LaunchScript(app.Script, app.GraceSeconds, app.Name.Replace(' ', '-'));
        await rig.ExpectRunningAsync();
        await rig.LineOfAsync("ready");
        if (app.EndsByItself is not null) return await rig.NextStatusAsync();
        rig.Agent.KillTask(app.Name.Replace(' ', '-'));
        await rig.NextStatusAsync(TaskState.TaskKilling);
        return await rig.NextStatusAsync();
    }
}
