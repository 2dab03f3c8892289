using System.Net.Sockets;

namespace Executor.Core.Logs.Shipping;

/// <summary>
/// JSON objects, one per line, over TCP or TLS. There are no acknowledgements but the kernels': what the receiver's kernel
/// has not taken when the connection breaks is sent again over the next one, and what it had taken and its program had not
/// read is lost, and nobody can know.
/// </summary>
internal sealed class JsonLinesConnection : IConnection
{
    private const int SendSize = 64 * 1024;

    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly UnackedBytes _unacked;
    private readonly LogCounts _counts;
    private readonly Task _peer;

    /// <param name="unacked">Of the connection before; from here on this one's.</param>
    public JsonLinesConnection(Socket socket, Stream stream, UnackedBytes unacked, LogCounts counts)
    {
        (_socket, _stream, _unacked, _counts) = (socket, stream, unacked, counts);
        unacked.Clear();
        _peer = ListenAsync(stream);
    }

    /// <inheritdoc/>
    public bool IsOver
    {
        get
        {
            // What the kernel knows already, the runtime will in a moment.
            if (!_peer.IsCompleted && _socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0) Connector.WaitForEnd(_peer);
            if (!_peer.IsCompleted) return false;
            if (_peer.Exception is { } broken) throw new IOException(broken.InnerException!.Message, broken);
            return !IsUnsure ? true : throw new IOException("the receiver has closed the connection");
        }
    }

    /// <inheritdoc/>
    public bool IsUnsure => UnackedBytes.CountOf(_socket) > 0;

    /// <inheritdoc/>
    public void Send(Batch batch)
    {
        while (batch.Count > 0)
        {
            var part = batch.First(SendSize, out var count);
            _stream.Write(part);
            _unacked.Add(part);
            batch.Done(count);
            _counts.Add(LogCount.Shipped, count);
        }
    }

    /// <summary>What the receiver's kernel has not taken; asked for once it broke, or was closed.</summary>
    public byte[] Unacknowledged() => _unacked.Of(_socket);

    /// <inheritdoc/>
    public void Close()
    {
        Connector.SayGoodBye(_socket, _stream);
        Connector.WaitForEnd(_peer);
    }

    /// <inheritdoc/>
    public void Cut() => Connector.Cut(_socket);

    public void Dispose() => _stream.Dispose();

    /// <summary>Nothing is said there, but the end; over TLS nobody else would see it.</summary>
    private static async Task ListenAsync(Stream stream)
    {
        var nothing = new byte[64];
        while (await stream.ReadAsync(nothing) > 0)
        {
        }
    }
}
