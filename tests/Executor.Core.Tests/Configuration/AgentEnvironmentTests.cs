using System.Net;
using Executor.Core.Configuration;
using Executor.Core.Ports;

namespace Executor.Core.Tests.Configuration;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class AgentEnvironmentTests
{
    private const string AcceptedAddress = "an IPv4 address, four numbers and dots, or an IPv6 address";

    private readonly Dictionary<string, string> _variables = new()
    {
        ["MESOS_SLAVE_PID"] = "slave(1)@10.0.0.1:5051",
        ["MESOS_SLAVE_ID"] = "agent",
        ["MESOS_FRAMEWORK_ID"] = "framework",
        ["MESOS_EXECUTOR_ID"] = "executor",
        ["MESOS_DIRECTORY"] = "/sandbox",
    };

    [Test]
    public void What_an_old_agent_does_not_say_has_its_defaults() => Assert.That(
        AgentEnvironment.Read(_variables),
        Is.EqualTo(new AgentEnvironment
        {
            AgentPid = new Upid("slave(1)", IPEndPoint.Parse("10.0.0.1:5051")),
            AgentId = "agent",
            FrameworkId = "framework",
            ExecutorId = "executor",
            Directory = "/sandbox",
            Checkpoint = false,
            RecoveryTimeout = TimeSpan.FromMinutes(15),
            ShutdownGrace = TimeSpan.FromSeconds(5),
            ListenAddress = null,
            ListenPort = 0,
            AdvertisedAddress = null,
            AdvertisedPort = null,
        }));

    [Test]
    public void Everything_an_agent_may_say_is_read()
    {
        _variables["MESOS_CHECKPOINT"] = "1";
        _variables["MESOS_RECOVERY_TIMEOUT"] = "1.5mins";
        _variables["MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD"] = "10secs";
        _variables["LIBPROCESS_IP"] = "10.0.0.2";
        _variables["LIBPROCESS_PORT"] = "0";
        _variables["LIBPROCESS_ADVERTISE_IP"] = "::1";
        _variables["LIBPROCESS_ADVERTISE_PORT"] = "65535";

        var read = AgentEnvironment.Read(_variables);

        Assert.That(read.Checkpoint, Is.True);
        Assert.That(read.RecoveryTimeout, Is.EqualTo(TimeSpan.FromSeconds(90)));
        Assert.That(read.ShutdownGrace, Is.EqualTo(TimeSpan.FromSeconds(10)));
        Assert.That(read.ListenAddress, Is.EqualTo(IPAddress.Parse("10.0.0.2")));
        Assert.That(read.ListenPort, Is.Zero);
        Assert.That(read.AdvertisedAddress, Is.EqualTo(IPAddress.IPv6Loopback));
        Assert.That(read.AdvertisedPort, Is.EqualTo(65535));
    }

    [TestCase("MESOS_SLAVE_PID")]
    [TestCase("MESOS_SLAVE_ID")]
    [TestCase("MESOS_FRAMEWORK_ID")]
    [TestCase("MESOS_EXECUTOR_ID")]
    [TestCase("MESOS_DIRECTORY")]
    public void A_required_variable_that_is_missing_or_empty_is_named_in_one_line(string name)
    {
        _variables[name] = "";
        var empty = Assert.Throws<DriverException>(() => AgentEnvironment.Read(_variables));
        _variables.Remove(name);
        var missing = Assert.Throws<DriverException>(() => AgentEnvironment.Read(_variables));

        Assert.That(missing.Message, Does.StartWith($"{name} is not set").And.Not.Contain("\n"));
        Assert.That(empty.Message, Is.EqualTo(missing.Message));
    }

    [TestCase("MESOS_SLAVE_PID", "slave(1)", "a libprocess PID, e.g. slave(1)@10.0.0.1:5051")]
    [TestCase("MESOS_RECOVERY_TIMEOUT", "15", MesosDuration.Accepted)]
    [TestCase("MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD", "-1secs", MesosDuration.Accepted)]
    [TestCase("LIBPROCESS_IP", "agent.example", AcceptedAddress)]
    [TestCase("LIBPROCESS_IP", "", AcceptedAddress)]
    [TestCase("LIBPROCESS_IP", "10", AcceptedAddress)]
    [TestCase("LIBPROCESS_IP", "10.0.1", AcceptedAddress)]
    [TestCase("LIBPROCESS_IP", "010.0.0.1", AcceptedAddress)]
    [TestCase("LIBPROCESS_IP", "[::1]:80", AcceptedAddress)]
    [TestCase("LIBPROCESS_PORT", "65536", "a port, 0 to 65535")]
    [TestCase("LIBPROCESS_PORT", "-1", "a port, 0 to 65535")]
    [TestCase("LIBPROCESS_PORT", "", "a port, 0 to 65535")]
    [TestCase("LIBPROCESS_ADVERTISE_IP", "10.0.0.1:80", AcceptedAddress)]
    [TestCase("LIBPROCESS_ADVERTISE_PORT", "0", "a port, 1 to 65535")]
    public void A_wrong_variable_gives_one_line_with_its_name_its_value_and_what_is_accepted(
        string name, string value, string accepted)
    {
        _variables[name] = value;

        var error = Assert.Throws<DriverException>(() => AgentEnvironment.Read(_variables));

        Assert.That(error.Message, Is.EqualTo($"{name} is \"{value}\": accepted is {accepted}"));
    }

    [TestCase("0")]
    [TestCase("true")]
    [TestCase("")]
    public void Only_1_means_checkpointing(string value)
    {
        _variables["MESOS_CHECKPOINT"] = value;

        Assert.That(AgentEnvironment.Read(_variables).Checkpoint, Is.False);
    }
}
