using System.Net;
using System.Net.Sockets;

namespace Executor.Interop;

/// <summary>
/// A connection to the agent that carries nothing and only tells by its end that the agent is gone, which libmesos
/// keeps to itself. To the agent it looks like a libprocess peer's link. Safe from any thread.
/// </summary>
/// <param name="onBroken">Comes once per broken link, from any thread; must not block.</param>
internal sealed class AgentLink(IPEndPoint agent, Action onBroken) : IDisposable
{
    private readonly Lock _gate = new();
    private Socket? _socket;
    private bool _disposed;

    /// <summary>Whether the agent has closed the link, told from the socket itself.</summary>
    public bool IsBroken
    {
        get
        {
            lock (_gate) return _socket is null || HasEnded(_socket);
        }
    }

    /// <summary>Connects anew and forgets the connection before, whose end is not told any more.</summary>
    public void Renew()
    {
        lock (_gate)
        {
            _socket?.Dispose();
            _socket = null;
            if (_disposed) return;
            _socket = new Socket(agent.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _ = WatchAsync(_socket);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _socket?.Dispose();
            _socket = null;
        }
    }

    private async Task WatchAsync(Socket socket)
    {
        try
        {
            await socket.ConnectAsync(agent);
            var nothing = new byte[256];
            while (await socket.ReceiveAsync(nothing) > 0)
            {
                // An agent has nothing to say here.
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // No connection, or none any more: which of both does not matter.
        }

        // Within the lock, so that a renewed link is never told to be broken.
        lock (_gate)
            if (_socket == socket) onBroken();
    }

    private static bool HasEnded(Socket socket)
    {
        try
        {
            return socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
