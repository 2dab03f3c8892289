using Executor.Core.Ports;
using Google.Protobuf;
using Mesos.Internal;

namespace Executor.Libprocess.Tests.Driver;

/// <summary>
/// The agent's side of real conversations, played to the driver: what the driver says has to be what the real one
/// said, but for the random and the clock.
/// </summary>
[CancelAfter(30_000)]
public sealed class ReplayTests
{
    [TestCase("1-marathon-task")]
    [TestCase("2-two-tasks-and-messages")]
    [TestCase("3-command-executor")]
    [TestCase("6-libmesos-0.28.3-driver")]
    public async Task The_driver_says_what_the_real_one_said(string conversation, CancellationToken limit)
    {
        var messages = Capture.Of(conversation);
        var register = messages[0].Parse<RegisterExecutorMessage>();
        var registered = messages.Select(m => m.Parse()).OfType<ExecutorRegisteredMessage>().Single();
        await using var rig = new DriverRig(
            limit,
            framework: register.FrameworkId.Value,
            executor: register.ExecutorId.Value,
            agent: registered.SlaveId.Value);
        Assert.That(await rig.StartAsync(), Is.EqualTo(register));
        var uuids = new Dictionary<ByteString, StatusUpdate>();

        foreach (var captured in messages.Skip(1))
        {
            switch (captured.Parse())
            {
                case StatusUpdateMessage said:
                    rig.Driver.SendStatusUpdate(said.Update.Status.ToByteArray());
                    var sent = await rig.TakeAsync<StatusUpdateMessage>();
                    uuids.Add(said.Update.Uuid, sent.Update.Clone());
                    Assert.That(Comparable(sent), Is.EqualTo(Comparable(said)));
                    break;
                case ExecutorToFrameworkMessage said:
                    rig.Driver.SendFrameworkMessage(said.Data.Span);
                    Assert.That(await rig.TakeAsync<ExecutorToFrameworkMessage>(), Is.EqualTo(said));
                    break;
                case StatusUpdateAcknowledgementMessage acknowledged:
                    rig.Acknowledge(uuids[acknowledged.Uuid]);
                    await rig.Events.NextAsync<DriverEvent.UpdateAcknowledged>(limit);
                    break;
                case var heard:
                    rig.Send(heard);
                    Assert.That(Told(await rig.Events.NextAsync(limit)), Is.EqualTo(heard.Descriptor.Name));
                    break;
            }
        }

        Assert.That(rig.Driver.Refused, Is.Empty);
    }

    /// <summary>Which message an event tells of.</summary>
    private static string Told(DriverEvent driverEvent) => driverEvent switch
    {
        DriverEvent.Registered => nameof(ExecutorRegisteredMessage),
        DriverEvent.LaunchTask => nameof(RunTaskMessage),
        DriverEvent.KillTask => nameof(KillTaskMessage),
        DriverEvent.FrameworkMessage => nameof(FrameworkToExecutorMessage),
        DriverEvent.Shutdown => nameof(ShutdownExecutorMessage),
        _ => driverEvent.GetType().Name,
    };

    private static StatusUpdateMessage Comparable(StatusUpdateMessage message)
    {
        var comparable = message.Clone();
        comparable.Pid = "";
        comparable.Update.Timestamp = comparable.Update.Status.Timestamp = 0;
        comparable.Update.Uuid = ByteString.Empty;
        comparable.Update.Status.ClearUuid();
        return comparable;
    }
}
