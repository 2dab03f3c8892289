using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Executor.Libprocess.Tests.Wire;

/// <summary>A peer that sends the bytes it likes.</summary>
internal sealed class RawPeer : IDisposable
{
    private readonly Socket _socket;

    private RawPeer(Socket socket) => _socket = socket;

    public static async Task<RawPeer> ConnectAsync(IPEndPoint address, CancellationToken cancel)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address, cancel);
        return new RawPeer(socket);
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        while (!bytes.IsEmpty) bytes = bytes[await _socket.SendAsync(bytes, cancel)..];
    }

    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>What the other side sends until it closes the connection.</summary>
    public async Task<string> ReadToEndAsync(CancellationToken cancel)
    {
        var buffer = new byte[1024];
        var text = new StringBuilder();
        try
        {
            while (await _socket.ReceiveAsync(buffer, cancel) is > 0 and var count)
                text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
        catch (SocketException)
        {
            // Closed with bytes of ours unread: a reset instead of an end.
        }

        return text.ToString();
    }

    public void Dispose() => _socket.Dispose();
}
