using System.Net;
using Executor.Core.Ports;
using Executor.Libprocess.Wire;
using Google.Protobuf;
using Mesos;
using Mesos.Internal;

namespace Executor.Libprocess.Tests.Driver;

/// <summary>What the driver does not obey: it counts it and goes on.</summary>
[CancelAfter(30_000)]
public sealed class ManagedDriverRefusalTests
{
    private static readonly Upid Agent = new("slave(1)", new IPEndPoint(IPAddress.Parse("203.0.113.5"), 5051));

    [Test]
    public async Task A_message_of_somebody_else_is_refused(CancellationToken limit)
    {
        await using var rig = new DriverRig(limit);
        await rig.RegisterAsync();
        await using var stranger = new LibprocessNode("slave(1)", new LibprocessOptions());
        stranger.Start(_ => { });

        stranger.Send(rig.Executor, "mesos.internal.ShutdownExecutorMessage", []);

        await RefusedAsync(rig, "sender", limit);
    }

    [TestCase("mesos.internal.NoSuchMessage", "", "unknown message")]
    [TestCase("other.RunTaskMessage", "", "unknown message")]
    [TestCase("mesos.internal.RunTaskMessage", "ffff", "unparsable message")]
    [TestCase("mesos.internal.RunTaskMessage", "", "incomplete message")]
    [TestCase("mesos.internal.KillTaskMessage", "0a030a0146", "incomplete message")]
    public async Task A_message_that_is_none_is_refused(string name, string body, string kind, CancellationToken limit)
    {
        await using var rig = new DriverRig(limit);
        await rig.RegisterAsync();

        rig.Send(name, Convert.FromHexString(body));
        rig.KillTask("after");

        await rig.Events.NextAsync<DriverEvent.KillTask>(limit);
        Assert.That(rig.Driver.Refused, Contains.Key(kind).WithValue(1));
    }

    [Test]
    public async Task A_task_launched_twice_is_refused_the_second_time(CancellationToken limit)
    {
        await using var rig = new DriverRig(limit);
        await rig.RegisterAsync();

        rig.RunTask("a");
        rig.RunTask("a");
        rig.KillTask("a");

        await rig.Events.NextAsync<DriverEvent.LaunchTask>(limit);
        await rig.Events.NextAsync<DriverEvent.KillTask>(limit);
        Assert.That(rig.Driver.Refused, Contains.Key("duplicate task").WithValue(1));
    }

    [Test]
    public async Task An_acknowledgement_of_no_update_leaves_the_task_unacknowledged(CancellationToken limit)
    {
        await using var rig = new DriverRig(limit);
        await rig.RegisterAsync();
        rig.RunTask("a");
        rig.Acknowledge(new StatusUpdate
        {
            Status = new Mesos.TaskStatus { TaskId = new TaskID { Value = "a" } },
            Uuid = ByteString.CopyFrom(new byte[16]),
        });

        rig.RunTask("a");
        rig.KillTask("a");

        await rig.Events.NextAsync<DriverEvent.LaunchTask>(limit);
        await rig.Events.NextAsync<DriverEvent.KillTask>(limit);
    }

    [TestCase("127.0.0.1", null, Description = "this host")]
    [TestCase("::ffff:127.0.0.1", null, Description = "this host, through a dual-stack listener")]
    [TestCase("203.0.113.5", null, Description = "the address in the agent's PID")]
    [TestCase("198.51.100.7", "address")]
    public void Where_a_message_of_the_agent_may_come_from(string remote, string? kind) => Assert.That(
        new PeerRule(Agent, allowAnyAddress: false).Refuse(From(Agent), IPAddress.Parse(remote))?.Kind, Is.EqualTo(kind));

    [Test]
    public void The_setting_lifts_the_rule_of_the_address_and_of_nothing_else()
    {
        var rule = new PeerRule(Agent, allowAnyAddress: true);
        var elsewhere = IPAddress.Parse("198.51.100.7");

        Assert.That(rule.Refuse(From(Agent), elsewhere), Is.Null);
        Assert.That(rule.Refuse(From(Agent with { Id = "slave(2)" }), elsewhere)?.Kind, Is.EqualTo("sender"));
    }

    private static LibprocessMessage From(Upid sender) => new("executor(1)", "mesos.internal.X", sender, default);

    /// <summary>The stranger's connection has no order with the agent's, so the count is waited for.</summary>
    private static async Task RefusedAsync(DriverRig rig, string kind, CancellationToken limit)
    {
        while (!rig.Driver.Refused.ContainsKey(kind))
        {
            limit.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        Assert.That(rig.Events.Rest(), Is.Empty);
    }
}
