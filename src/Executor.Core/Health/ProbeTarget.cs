using System.Net;
using System.Net.Sockets;
using Executor.Core.Hooks;

namespace Executor.Core.Health;

/// <summary>Where a check connects to.</summary>
/// <param name="Host">A name or an IP address, without brackets.</param>
internal sealed record ProbeTarget(string Host, int Port, AddressFamily Family)
{
    /// <param name="host">An address of the other family is not where the check can go: then it goes to loopback.</param>
    public static ProbeTarget Of(string? host, int port, AddressFamily family)
    {
        var fits = host is not null && (!IPAddress.TryParse(host, out var address) || address.AddressFamily == family);
        return new ProbeTarget(fits ? host! : family == AddressFamily.InterNetworkV6 ? "::1" : "127.0.0.1", port, family);
    }

    /// <summary>As it stands in an address.</summary>
    public string HostInAddress => TaskAddress.Bracketed(Host);

    /// <summary>Tries each address of the host.</summary>
    /// <exception cref="SocketException">None answers.</exception>
    public async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var error = new SocketException((int)SocketError.HostNotFound);
        foreach (var address in await Connecting.AddressesAsync(Host, Family, cancellationToken))
        {
            try
            {
                var socket = new Socket(Family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                return await socket.ConnectedAsync(new IPEndPoint(address, Port), cancellationToken);
            }
            catch (SocketException e)
            {
                error = e;
            }
        }

        throw error;
    }
}
