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

    /// <param name="unacked">Of the connection before; from here on this one's.</param>
    public JsonLinesConnection(Socket socket, Stream stream, UnackedBytes unacked, LogCounts counts)
    {
        (_socket, _stream, _unacked, _counts) = (socket, stream, unacked, counts);
        unacked.Clear();
    }

    /// <inheritdoc/>
    public void Send(Batch batch)
    {
        // A receiver that has gone is noticed before anything is given to it, and not after.
        if (_socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0) throw new IOException("the receiver has closed the connection");
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
    public void Close() => Connector.SayGoodBye(_socket, _stream);

    /// <inheritdoc/>
    public void Cut() => Connector.Cut(_socket);

    public void Dispose() => _stream.Dispose();
}
