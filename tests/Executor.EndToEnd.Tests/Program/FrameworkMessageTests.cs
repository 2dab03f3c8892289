using System.Globalization;
using System.Text;
using Mesos;

namespace Executor.EndToEnd.Tests.Program;

/// <summary>The published executor when its framework sends messages, of sense and of none.</summary>
[TestFixture(DriverKind.Managed)]
[TestFixture(DriverKind.LibmesosNew)]
[TestFixture(DriverKind.LibmesosOld)]
[CancelAfter(60_000)]
public sealed class FrameworkMessageTests(DriverKind driver)
{
    private static readonly byte[][] Junk =
    [
        [0xff, 0xfe, 0x00],
        [],
        [.. Enumerable.Repeat((byte)'x', 100_000)],
        .. new[] { "reboot", "status now", "destroy", "destroy nobody", "{\"destroy\":\"task\"}" }.Select(Encoding.UTF8.GetBytes),
    ];

    [Test]
    public async Task Status_names_the_task_its_state_and_its_pid(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript("echo $$ > pid; exec sleep 1000");
        await rig.ExpectRunningAsync();
        var pid = int.Parse(await rig.LineOfAsync("pid"), CultureInfo.InvariantCulture);

        var status = await rig.AskAsync("status");

        Assert.That(status.GetProperty("executor").GetString(), Is.EqualTo("executor"));
        var task = status.GetProperty("tasks").EnumerateArray().Single();
        Assert.That(task.GetProperty("id").GetString(), Is.EqualTo("task"));
        Assert.That(task.GetProperty("state").GetString(), Is.EqualTo("TASK_RUNNING"));
        Assert.That(task.GetProperty("pid").GetInt32(), Is.EqualTo(pid));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Destroy_ends_a_task_at_once_whatever_its_grace(bool killedBefore, CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript("trap '' TERM; echo > ready; while :; do sleep 0.1; done", graceSeconds: 1000);
        await rig.ExpectRunningAsync();
        await rig.LineOfAsync("ready");
        if (killedBefore)
        {
            rig.Agent.KillTask("task");
            await rig.NextStatusAsync(TaskState.TaskKilling);
        }

        rig.Agent.SendFrameworkMessage("executor", "destroy task"u8);

        if (!killedBefore) await rig.NextStatusAsync(TaskState.TaskKilling);
        var status = await rig.NextStatusAsync(TaskState.TaskKilled);
        Assert.That(status.Message, Does.Contain("SIGKILL"));
        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task What_means_nothing_is_answered_with_an_error_and_disturbs_nothing(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        var processes = await rig.LaunchKeeperAsync();

        foreach (var message in Junk)
        {
            var answer = await rig.AskAsync(message);
            Assert.That(answer.EnumerateObject().Select(member => member.Name), Is.EqualTo(["error"]));
        }

        await rig.KillKeeperAsync(processes, limit);
    }
}
