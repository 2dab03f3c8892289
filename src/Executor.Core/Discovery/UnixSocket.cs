using System.Net.Sockets;
using System.Text;
using Executor.Core.Hooks;

namespace Executor.Core.Discovery;

/// <summary>A server's socket file.</summary>
internal static class UnixSocket
{
    /// <summary>In UTF-8; the kernel takes a zero behind it.</summary>
    private const int LongestPath = 107;

    /// <summary>Whether it is an absolute path that a socket can have.</summary>
    public static bool IsPath(string text) => text.StartsWith('/') && Encoding.UTF8.GetByteCount(text) <= LongestPath;

    /// <exception cref="SocketException">Its text says why.</exception>
    public static async Task<Socket> ConnectAsync(UnixDomainSocketEndPoint file, CancellationToken cancellationToken)
    {
        try
        {
            return await new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified).ConnectedAsync(file, cancellationToken);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            // What the runtime makes of ENOENT, with a text that is about IP addresses.
            throw new SocketException(e.ErrorCode, "No such file or directory");
        }
    }
}
