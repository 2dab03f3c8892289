using System.Net;
using System.Net.Sockets;
using Executor.Core.Configuration;
using Executor.Core.Ports;

namespace Executor.Interop.Tests;

/// <summary>libprocess would end the whole process for each of these.</summary>
public sealed class LibprocessRulesTests
{
    private static readonly AgentEnvironment Agent = new()
    {
        AgentPid = new Upid("slave(1)", IPEndPoint.Parse("127.0.0.1:5051")),
        AgentId = "A",
        FrameworkId = "F",
        ExecutorId = "E",
        Directory = "/",
        ListenAddress = IPAddress.Loopback,
    };

    [Test]
    public void What_an_agent_says_is_accepted() => Assert.That(() => LibprocessRules.Check(Agent), Throws.Nothing);

    [Test]
    public void An_address_that_is_not_IPv4_is_refused()
    {
        Refuses(Agent with { ListenAddress = IPAddress.IPv6Loopback }, "LIBPROCESS_IP");
        Refuses(Agent with { AdvertisedAddress = IPAddress.IPv6Loopback }, "LIBPROCESS_ADVERTISE_IP");
        Refuses(Agent with { AgentPid = new Upid("slave(1)", IPEndPoint.Parse("[::1]:5051")) }, "MESOS_SLAVE_PID");
    }

    [Test]
    public void An_address_of_another_host_is_refused() =>
        Refuses(Agent with { ListenAddress = IPAddress.Parse("192.0.2.1") }, "cannot listen on 192.0.2.1:0");

    [Test]
    public void A_port_that_is_taken_is_refused()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        Refuses(Agent with { ListenPort = port }, $"cannot listen on 127.0.0.1:{port}");
    }

    private static void Refuses(AgentEnvironment agent, string start) => Assert.That(
        () => LibprocessRules.Check(agent), Throws.InstanceOf<DriverException>().With.Message.StartsWith(start));
}
