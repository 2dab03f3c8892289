using System.Net.Sockets;
using System.Threading.Channels;

namespace Executor.Libprocess.Wire;

/// <summary>One connection of ours to a peer: a queue of frames on the way out, and an eye on its end.</summary>
/// <param name="onClosed">Called once, on a pool thread, when the connection has ended or could not be opened.</param>
internal sealed class OutgoingConnection(Upid peer, bool linked, Action<OutgoingConnection> onClosed)
    : IDisposable
{
    private readonly Socket _socket = new(peer.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
    };

    private readonly Channel<byte[]> _frames =
        Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });

    private Task _writing = Task.CompletedTask;

    public Upid Peer => peer;

    public bool Linked => linked;

    /// <summary>Never on the caller's thread: a connect that fails at once would call back under the caller's locks.</summary>
    public void Start() => _writing = Task.Run(RunAsync);

    /// <summary>False when the connection has ended: the frame was not taken.</summary>
    public bool TrySend(byte[] frame) => _frames.Writer.TryWrite(frame);

    public void Dispose()
    {
        _frames.Writer.TryComplete();
        _socket.Dispose();
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
            await _socket.ConnectAsync(peer.Address);
            _ = WatchAsync();
            await foreach (var frame in _frames.Reader.ReadAllAsync())
                await SendWholeAsync(frame);
            _socket.Shutdown(SocketShutdown.Send);
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

    private async Task SendWholeAsync(ReadOnlyMemory<byte> frame)
    {
        while (!frame.IsEmpty) frame = frame[await _socket.SendAsync(frame)..];
    }

    /// <summary>Drops whatever a peer answers, and ends the queue as soon as the peer ends the connection.</summary>
    private async Task WatchAsync()
    {
        var answer = new byte[256];
        try
        {
            while (await _socket.ReceiveAsync(answer) > 0)
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
