using System.Net;
using System.Net.Sockets;
using Executor.Core.Configuration;
using Executor.Core.Ports;

namespace Executor.Interop;

/// <summary>
/// What libprocess, the network layer inside libmesos, ends the whole process for; each is checked first, with an
/// error that says what to mend. What libmesos needs of MESOS_ variables is <see cref="AgentEnvironment"/>'s to check.
/// </summary>
public static class LibprocessRules
{
    /// <exception cref="DriverException">One variable is missing or wrong: which, its value, what is accepted.</exception>
    public static void Check(AgentEnvironment agent)
    {
        RequireVersion4("MESOS_SLAVE_PID", agent.AgentPid.Address.Address);
        RequireVersion4("LIBPROCESS_ADVERTISE_IP", agent.AdvertisedAddress);
        if (agent.ListenAddress is null) RequireHostName();
        else RequireVersion4("LIBPROCESS_IP", agent.ListenAddress);
        RequireFree(agent.ListenAddress ?? IPAddress.Any, agent.ListenPort);
    }

    private static void RequireVersion4(string name, IPAddress? address)
    {
        if (address is { AddressFamily: not AddressFamily.InterNetwork })
            throw new DriverException($"{name} has the address {address}: accepted by libmesos is IPv4");
    }

    /// <summary>
    /// Without LIBPROCESS_IP, libprocess takes the address that the host's name resolves to. Waits for the resolver.
    /// </summary>
    /// <returns>That address; null where the name has none.</returns>
    public static IPAddress? AddressOf(string hostName)
    {
        try
        {
            return Dns.GetHostAddresses(hostName, AddressFamily.InterNetwork).FirstOrDefault();
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static void RequireHostName()
    {
        var name = Dns.GetHostName();
        if (AddressOf(name) is null)
            throw new DriverException(
                $"LIBPROCESS_IP is not set and the host's name \"{name}\" does not resolve: libmesos needs one of both");
    }

    private static void RequireFree(IPAddress address, int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(address, port));
        }
        catch (SocketException e)
        {
            throw new DriverException(
                $"cannot listen on {address}:{port} (LIBPROCESS_IP, LIBPROCESS_PORT): {e.Message}", e);
        }
    }
}
