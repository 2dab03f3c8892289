using System.Net.Sockets;

namespace Executor.Core.Discovery;

/// <summary>Connects to a server's socket file.</summary>
internal static class UnixSocket
{
    /// <exception cref="SocketException">Its text says why.</exception>
    public static async Task<Socket> ConnectAsync(UnixDomainSocketEndPoint file, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(file, cancellationToken);
            return socket;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            // What the runtime makes of ENOENT, with a text that is about IP addresses.
            socket.Dispose();
            throw new SocketException(e.ErrorCode, "No such file or directory");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
