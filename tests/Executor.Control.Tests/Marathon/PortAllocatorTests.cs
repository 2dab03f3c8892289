using System.Net;
using System.Net.Sockets;
using Executor.Control.Marathon;

namespace Executor.Control.Tests.Marathon;

public class PortAllocatorTests
{
    [Test]
    public void Ports_come_from_the_range_agents_offer_and_never_twice()
    {
        var allocator = new PortAllocator();
        var app = Apps.With("\"ports\": [0, 10000, 0]");
        var ports = allocator.Allocate(app).Concat(allocator.Allocate(app)).ToList();
        Assert.That(ports, Is.Unique.And.Count.EqualTo(6));
        Assert.That(ports, Has.All.InRange(31000, 32000));
    }

    [Test]
    public void Required_ports_are_the_hosts_ports()
    {
        var free = FreePort();
        Assert.That(
            new PortAllocator().Allocate(Apps.With($"\"requirePorts\": true, \"ports\": [{free}]")), Is.EqualTo(new[] { free }));
    }

    [Test]
    public void A_required_port_that_is_in_use_is_refused()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        var taken = ((IPEndPoint)listener.LocalEndpoint).Port;
        Assert.That(
            () => new PortAllocator().Allocate(Apps.With($$"""
                "requirePorts": true, "portDefinitions": [{"port": {{taken}}}]
                """)),
            Throws.TypeOf<UsageException>().With.Message.EqualTo(
                $"portDefinitions[0].port: {taken} is in use, and requirePorts is true; accepted: a free port"));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
