using System.Text;
using Executor.Core.Ports;
using Google.Protobuf;
using Mesos;
using Mesos.Internal;

namespace Executor.Libprocess.Tests.Driver;

/// <summary>What the driver says and hears while its agent is there.</summary>
[CancelAfter(30_000)]
public sealed class ManagedDriverTests
{
    [Test]
    public async Task It_registers_once_with_the_ids_of_its_environment(CancellationToken limit)
    {
        await using var rig = new DriverRig(limit);

        var register = await rig.StartAsync();

        Assert.That(register.FrameworkId.Value, Is.EqualTo("F"));
        Assert.That(register.ExecutorId.Value, Is.EqualTo("E"));
        Assert.That(rig.Executor.Id, Is.EqualTo("executor(1)"));
    }

    [Test]
    public async Task An_update_is_filled_as_a_driver_fills_it(CancellationToken limit)
    {
        await using var rig = new DriverRig(limit);
        await rig.RegisterAsync();

        rig.Update("t", TaskState.TaskRunning);

        var message = await rig.TakeAsync<StatusUpdateMessage>();
        var update = message.Update;
        var now = (rig.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(message.Pid, Is.EqualTo(rig.Executor.ToString()));
            Assert.That(update.FrameworkId.Value, Is.EqualTo("F"));
            Assert.That(update.ExecutorId.Value, Is.EqualTo("E"));
            Assert.That(update.SlaveId.Value, Is.EqualTo("A"));
            Assert.That(update.Timestamp, Is.EqualTo(now));
            Assert.That(update.Uuid.Length, Is.EqualTo(16));
            Assert.That(update.Status.Uuid, Is.EqualTo(update.Uuid));
            Assert.That(update.Status.Timestamp, Is.EqualTo(now));
            Assert.That(update.Status.SlaveId.Value, Is.EqualTo("A"));
            Assert.That(update.Status.HasSource || update.Status.ExecutorId is not null, Is.False, "the agent fills these");
        }
    }

    [Test]
    public async Task Updates_made_before_the_registration_are_sent_after_it_in_order(CancellationToken limit)
    {
        await using var rig = new DriverRig(limit);
        rig.Update("t", TaskState.TaskStarting);
        await rig.RegisterAsync();
        rig.Update("t", TaskState.TaskRunning);

        Assert.That((await rig.TakeAsync<StatusUpdateMessage>()).Update.Status.State, Is.EqualTo(TaskState.TaskStarting));
        Assert.That((await rig.TakeAsync<StatusUpdateMessage>()).Update.Status.State, Is.EqualTo(TaskState.TaskRunning));
    }

    [Test]
    public async Task An_acknowledgement_is_told_once_and_one_of_an_unknown_update_never(CancellationToken limit)
    {
        await using var rig = new DriverRig(limit);
        await rig.RegisterAsync();
        rig.Update("t", TaskState.TaskRunning);
        var update = (await rig.TakeAsync<StatusUpdateMessage>()).Update;

        rig.Acknowledge(update);
        rig.Acknowledge(update);
        rig.Acknowledge(new StatusUpdate(update) { Uuid = ByteString.CopyFrom(new byte[16]) });
        rig.KillTask("after");

        Assert.That((await rig.Events.NextAsync<DriverEvent.UpdateAcknowledged>(limit)).TaskId, Is.EqualTo("t"));
        await rig.Events.NextAsync<DriverEvent.KillTask>(limit);
    }

    [Test]
    public async Task Tasks_kills_messages_and_the_shutdown_come_in_the_agents_order(CancellationToken limit)
    {
        await using var rig = new DriverRig(limit);
        await rig.RegisterAsync();

        rig.RunTask("a");
        rig.KillTask("a");
        rig.Send(new FrameworkToExecutorMessage
        {
            SlaveId = new SlaveID { Value = "A" },
            FrameworkId = new FrameworkID { Value = "F" },
            ExecutorId = new ExecutorID { Value = "E" },
            Data = ByteString.CopyFrom("a\0b"u8),
        });
        rig.Send(new ShutdownExecutorMessage());

        var launch = await rig.Events.NextAsync<DriverEvent.LaunchTask>(limit);
        Assert.That(TaskInfo.Parser.ParseFrom(launch.TaskInfo.Span).TaskId.Value, Is.EqualTo("a"));
        await rig.Events.NextAsync<DriverEvent.KillTask>(limit);
        var message = await rig.Events.NextAsync<DriverEvent.FrameworkMessage>(limit);
        Assert.That(Encoding.UTF8.GetString(message.Data.Span), Is.EqualTo("a\0b"));
        await rig.Events.NextAsync<DriverEvent.Shutdown>(limit);
    }

    [Test]
    public async Task A_framework_message_carries_its_bytes_and_who_sends_it(CancellationToken limit)
    {
        await using var rig = new DriverRig(limit);
        await rig.RegisterAsync();

        rig.Driver.SendFrameworkMessage("x\0y"u8);

        var sent = await rig.TakeAsync<ExecutorToFrameworkMessage>();
        Assert.That(sent.Data.ToStringUtf8(), Is.EqualTo("x\0y"));
        Assert.That(sent.ExecutorId.Value + sent.FrameworkId.Value + sent.SlaveId.Value, Is.EqualTo("EFA"));
    }

    [Test]
    public async Task After_a_shutdown_acknowledgements_still_count(CancellationToken limit)
    {
        await using var rig = new DriverRig(limit);
        await rig.RegisterAsync();
        rig.Send(new ShutdownExecutorMessage());
        await rig.Events.NextAsync<DriverEvent.Shutdown>(limit);
        rig.Update("t", TaskState.TaskKilled);

        rig.Acknowledge((await rig.TakeAsync<StatusUpdateMessage>()).Update);

        await rig.Events.NextAsync<DriverEvent.UpdateAcknowledged>(limit);
    }
}
