using System.Net;
using System.Net.Sockets;

namespace Executor.Core.Hooks;

/// <summary>What the runtime leaves to whoever connects.</summary>
internal static class Connecting
{
    /// <param name="host">A name, or an IP address of any family, which is taken as it is.</param>
    /// <param name="family">What a name's addresses have to be; unspecified is any.</param>
    /// <exception cref="SocketException">The name is not known, or no name server answered.</exception>
    public static async Task<IPAddress[]> AddressesAsync(string host, AddressFamily family, CancellationToken cancellationToken) =>
        IPAddress.TryParse(host, out var address)
            ? [address]
            // The system's look for a name cannot be interrupted, only left.
            : await Dns.GetHostAddressesAsync(host, family, cancellationToken).WaitAsync(cancellationToken);

    /// <summary>The same socket, connected; disposed where that fails, also where a name of the place is not found in time.</summary>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    public static async Task<Socket> ConnectedAsync(this Socket socket, EndPoint place, CancellationToken cancellationToken)
    {
        try
        {
            await socket.ConnectAsync(place, cancellationToken).AsTask().WaitAsync(cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
