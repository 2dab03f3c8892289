using System.Net;
using System.Net.Sockets;

namespace Executor.Libprocess;

/// <summary>Which of this host's addresses a peer sees.</summary>
internal static class LocalAddress
{
    /// <summary>
    /// The address that the kernel would send from. A datagram socket is connected for it, which sends nothing;
    /// libprocess resolves the host's name instead, and fails on hosts whose name does not resolve.
    /// </summary>
    public static IPAddress Towards(IPEndPoint peer)
    {
        if (IPAddress.IsLoopback(peer.Address)) return peer.Address;
        try
        {
            using var socket = new Socket(peer.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(peer);
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return peer.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback;
        }
    }
}
