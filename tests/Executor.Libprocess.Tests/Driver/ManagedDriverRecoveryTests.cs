using Executor.Core.Ports;
using Mesos;
using Mesos.Internal;

namespace Executor.Libprocess.Tests.Driver;

/// <summary>The driver when its agent goes away, for a while or for good.</summary>
[CancelAfter(30_000)]
public sealed class ManagedDriverRecoveryTests
{
    [Test]
    public async Task Without_checkpointing_an_agent_that_is_gone_is_a_shutdown(CancellationToken limit)
    {
        await using var rig = new DriverRig(limit);
        await rig.RegisterAsync();

        await rig.StopAgentAsync();

        Assert.That((await rig.Events.NextAsync<DriverEvent.Shutdown>(limit)).Why, Does.Contain("is gone"));
    }

    [Test]
    public async Task An_agent_that_is_gone_before_it_registered_the_executor_is_a_shutdown(CancellationToken limit)
    {
        await using var rig = new DriverRig(limit, checkpoint: true);
        await rig.StartAsync();

        await rig.StopAgentAsync();

        await rig.Events.NextAsync<DriverEvent.Shutdown>(limit);
    }

    [Test]
    public async Task An_agent_that_never_listened_is_a_shutdown(CancellationToken limit)
    {
        await using var rig = new DriverRig(limit, checkpoint: true);
        await rig.StopAgentAsync();

        rig.Driver.Start(rig.Events.Post);

        await rig.Events.NextAsync<DriverEvent.Shutdown>(limit);
    }

    [Test]
    public async Task With_checkpointing_the_shutdown_comes_when_the_recovery_timeout_is_over(CancellationToken limit)
    {
        await using var rig = new DriverRig(limit, checkpoint: true);
        await rig.RegisterAsync();
        await rig.StopAgentAsync();
        await rig.Events.NextAsync<DriverEvent.Disconnected>(limit);

        rig.Time.Advance(TimeSpan.FromMinutes(14.9));
        Assert.That(rig.Events.Rest(), Is.Empty);
        rig.Time.Advance(TimeSpan.FromMinutes(0.2));

        Assert.That((await rig.Events.NextAsync<DriverEvent.Shutdown>(limit)).Why, Does.Contain("15mins"));
    }

    [Test]
    public async Task A_recovery_timeout_longer_than_any_timer_is_no_error(CancellationToken limit)
    {
        await using var rig = new DriverRig(limit, checkpoint: true, recoveryTimeout: TimeSpan.FromDays(56));
        await rig.RegisterAsync();

        await rig.StopAgentAsync();

        await rig.Events.NextAsync<DriverEvent.Disconnected>(limit);
    }

    [Test]
    public async Task A_restarted_agent_gets_the_unacknowledged_tasks_and_updates_in_order_and_once(CancellationToken limit)
    {
        await using var rig = new DriverRig(limit, checkpoint: true);
        await rig.RegisterAsync();
        rig.RunTask("done");
        rig.RunTask("open");
        await rig.Events.NextAsync<DriverEvent.LaunchTask>(limit);
        await rig.Events.NextAsync<DriverEvent.LaunchTask>(limit);
        rig.Update("done", TaskState.TaskStarting);
        rig.Update("done", TaskState.TaskRunning);
        rig.Acknowledge((await rig.TakeAsync<StatusUpdateMessage>()).Update);
        var running = (await rig.TakeAsync<StatusUpdateMessage>()).Update;
        await rig.Events.NextAsync<DriverEvent.UpdateAcknowledged>(limit);
        await rig.StopAgentAsync();
        await rig.Events.NextAsync<DriverEvent.Disconnected>(limit);
        rig.Update("done", TaskState.TaskFinished);

        rig.StartAgent();
        rig.Reconnect();

        var reregister = await rig.TakeAsync<ReregisterExecutorMessage>();
        Assert.That(reregister.Tasks.Select(t => t.TaskId.Value), Is.EqualTo(["open"]));
        Assert.That(
            reregister.Updates.Select(u => u.Status.State),
            Is.EqualTo([TaskState.TaskRunning, TaskState.TaskFinished]));
        Assert.That(reregister.Updates[0], Is.EqualTo(running));

        rig.Update("open", TaskState.TaskStarting);
        rig.Reregistered();
        await rig.Events.NextAsync<DriverEvent.Reregistered>(limit);
        Assert.That(
            (await rig.TakeAsync<StatusUpdateMessage>()).Update.Status.TaskId.Value, Is.EqualTo("open"),
            "what travelled in the re-registration is not sent again");
        rig.Time.Advance(TimeSpan.FromHours(1));
        Assert.That(rig.Events.Rest(), Is.Empty, "the recovery timeout ended with the re-registration");
    }

    [Test]
    public async Task While_disconnected_a_kill_is_heard_and_tasks_and_messages_are_not(CancellationToken limit)
    {
        await using var rig = new DriverRig(limit, checkpoint: true);
        await rig.RegisterAsync();
        await rig.StopAgentAsync();
        await rig.Events.NextAsync<DriverEvent.Disconnected>(limit);
        rig.StartAgent();

        rig.RunTask("a");
        rig.Send(new FrameworkToExecutorMessage
        {
            SlaveId = new SlaveID { Value = "A" },
            FrameworkId = new FrameworkID { Value = "F" },
            ExecutorId = new ExecutorID { Value = "E" },
            Data = Google.Protobuf.ByteString.Empty,
        });
        rig.KillTask("a");

        await rig.Events.NextAsync<DriverEvent.KillTask>(limit);
    }

    [Test]
    public async Task A_reconnect_from_another_agent_is_refused(CancellationToken limit)
    {
        await using var rig = new DriverRig(limit, checkpoint: true);
        await rig.RegisterAsync();

        rig.Reconnect("another");
        rig.KillTask("after");

        await rig.Events.NextAsync<DriverEvent.KillTask>(limit);
        Assert.That(rig.Driver.Refused, Contains.Key("agent id").WithValue(1));
    }

    [Test]
    public async Task Updates_on_their_way_out_are_flushed_before_the_driver_is_gone(CancellationToken limit)
    {
        await using var rig = new DriverRig(limit);
        await rig.RegisterAsync();
        for (var i = 0; i < 1000; i++) rig.Update($"t{i}", TaskState.TaskFinished);

        await rig.Driver.DisposeAsync();

        for (var i = 0; i < 1000; i++)
        {
            var update = (await rig.TakeAsync<StatusUpdateMessage>()).Update;
            Assert.That(update.Status.TaskId.Value, Is.EqualTo($"t{i}"));
        }
    }
}
