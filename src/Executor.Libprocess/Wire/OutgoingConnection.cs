using System.Net.Sockets;
using System.Threading.Channels;
using Executor.Core.Ports;

namespace Executor.Libprocess.Wire;

/// <summary>One connection of ours to a peer: a queue of frames on the way out, and an eye on its end.</summary>
/// <param name="onClosed">Called once, on a pool thread, when the connection has ended or could not be opened.</param>
internal sealed class OutgoingConnection(Upid peer, bool linked, Action<OutgoingConnection> onClosed)
    : IDisposable
{
    private readonly Channel<byte[]> _frames =
        Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });

    private Task _writing = Task.CompletedTask;
    private volatile Socket? _socket;
    private volatile bool _disposed;

    public Upid Peer => peer;

    public bool Linked => linked;

    /// <summary>Never on the caller's thread: a connect that fails at once would call back under the caller's locks.</summary>
    public void Start() => _writing = Task.Run(RunAsync);

    /// <summary>False when the connection has ended: the frame was not taken.</summary>
    public bool TrySend(byte[] frame) => _frames.Writer.TryWrite(frame);

    public void Dispose()
    {
        _disposed = true;
        _frames.Writer.TryComplete();
        _socket?.Dispose();
    }

    public async Task FlushAndCloseAsync(TimeSpan limit)
    {
        _frames.Writer.TryComplete();
        try
        {
            await _writing.WaitAsync(limit, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            // The peer does not read; what it has not taken by now is lost with it.
        }

        Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            var socket = _socket = new Socket(peer.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (_disposed) return;
            socket.NoDelay = true;
            await socket.ConnectAsync(peer.Address);
            _ = WatchAsync(socket);
            await foreach (var frame in _frames.Reader.ReadAllAsync())
                await SendWholeAsync(socket, frame);
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer is gone or never was there; onClosed tells.
        }
        finally
        {
            Dispose();
            onClosed(this);
        }
    }

    private static async Task SendWholeAsync(Socket socket, ReadOnlyMemory<byte> frame)
    {
        while (!frame.IsEmpty) frame = frame[await socket.SendAsync(frame)..];
    }

    /// <summary>Drops whatever a peer answers, and ends the queue as soon as the peer ends the connection.</summary>
    private async Task WatchAsync(Socket socket)
    {
        var answer = new byte[256];
        try
        {
            while (await socket.ReceiveAsync(answer) > 0)
            {
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The same end by another name.
        }

        _frames.Writer.TryComplete();
    }
}
