using System.Net;
using System.Net.Sockets;

namespace Executor.Control.Marathon;

/// <summary>
/// Gives out host ports that are free at this moment, from the range Mesos agents offer. It lies below the range the
/// kernel takes for outgoing connections, so a port stays free until its task binds it.
/// </summary>
internal sealed class PortAllocator
{
    private const int First = 31000;
    private const int Count = 1001;

    private readonly HashSet<int> _given = [];
    private int _next = Random.Shared.Next(Count);

    /// <summary>One host port for each of the app's ports, for one instance.</summary>
    /// <exception cref="UsageException">A port that is required is taken, or none is free.</exception>
    public IReadOnlyList<int> Allocate(AppDefinition app) =>
        [.. app.Ports.Select(port => app.RequirePorts && port.Port != 0 ? Require(port) : Free())];

    private int Require(PortDefinition definition) =>
        _given.Add(definition.Port) && IsFree(definition.Port)
            ? definition.Port
            : throw new UsageException(
                $"{definition.Path}: {definition.Port} is in use, and requirePorts is true; accepted: a free port");

    private int Free()
    {
        for (var tried = 0; tried < Count; tried++)
        {
            var port = First + _next;
            _next = (_next + 1) % Count;
            if (_given.Add(port) && IsFree(port)) return port;
        }

        throw new UsageException($"ports: none of {First} to {First + Count - 1} is free on this machine");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            tcp.Bind(new IPEndPoint(IPAddress.Any, port));
            udp.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
