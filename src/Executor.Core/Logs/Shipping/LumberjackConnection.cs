using System.Buffers.Binary;
using System.IO.Compression;
using System.Net.Sockets;
using Executor.Core.Logs.Lines;

namespace Executor.Core.Logs.Shipping;

/// <summary>
/// Lumberjack v2, what Beats speak to Logstash (logstash-input-beats, PROTOCOL.md): a window of numbered events, of which
/// the receiver acknowledges the last that it has taken. It may acknowledge parts, and repeats the last number, or 0, to say
/// that it is alive; each such word gives it the whole time limit again.
/// </summary>
internal sealed class LumberjackConnection(Socket socket, Stream stream, int window, int compression, LogCounts counts) : IConnection
{
    private const byte Version = (byte)'2';
    private const int EventHeader = 10;

    private readonly ByteBuffer _events = new(256 * 1024);
    private readonly ByteBuffer _frame = new(256 * 1024);
    private readonly byte[] _answer = new byte[6];

    /// <inheritdoc/>
    public void Send(Batch batch)
    {
        while (batch.Count > 0)
        {
            var count = Math.Min(batch.Count, window);
            Write(batch, count);
            var acknowledged = 0;
            while (acknowledged < count)
            {
                var now = ReadAcknowledgement();
                // A number that was not sent is no acknowledgement, and one that goes back is none either.
                if (now > (uint)count) throw new IOException($"the receiver acknowledged {now} of {count} events");
                if (now <= acknowledged) continue;
                batch.Done((int)now - acknowledged);
                counts.Add(LogCount.Shipped, now - acknowledged);
                acknowledged = (int)now;
            }
        }
    }

    /// <summary>Everything is acknowledged: whatever is to be read now is the end, or says no more than that it is alive.</summary>
    public bool IsOver => socket.Poll(0, SelectMode.SelectRead);

    /// <inheritdoc/>
    public bool IsUnsure => false;

    /// <inheritdoc/>
    public void Close()
    {
        Connector.SayGoodBye(socket, stream);
        Connector.WaitForEnd(socket);
    }

    /// <inheritdoc/>
    public void Cut() => Connector.Cut(socket);

    public void Dispose() => stream.Dispose();

    private void Write(Batch batch, int count)
    {
        _events.Clear();
        for (var i = 0; i < count; i++)
        {
            var payload = batch[i];
            Header(_events, (byte)'J', (uint)i + 1);
            BinaryPrimitives.WriteUInt32BigEndian(_events.Room(4), (uint)payload.Length);
            _events.Advance(4);
            _events.Add(payload);
        }

        _frame.Clear();
        Header(_frame, (byte)'W', (uint)count);
        if (compression == 0)
        {
            _frame.Add(_events.Written);
        }
        else
        {
            using var compressed = new MemoryStream(_events.Length / 4);
            using (var zlib = new ZLibStream(compressed, new ZLibCompressionOptions { CompressionLevel = compression }, leaveOpen: true))
                zlib.Write(_events.Written);
            Header(_frame, (byte)'C', (uint)compressed.Length);
            _frame.Add(compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
        }

        stream.Write(_frame.Written);
    }

    private uint ReadAcknowledgement()
    {
        try
        {
            stream.ReadExactly(_answer);
        }
        catch (EndOfStreamException e)
        {
            throw new IOException("the receiver has closed the connection", e);
        }

        if (_answer[0] != Version || _answer[1] != 'A') throw new IOException("the receiver does not speak Lumberjack v2");
        return BinaryPrimitives.ReadUInt32BigEndian(_answer.AsSpan(2));
    }

    private static void Header(ByteBuffer output, byte type, uint number)
    {
        var header = output.Room(EventHeader);
        header[0] = Version;
        header[1] = type;
        BinaryPrimitives.WriteUInt32BigEndian(header[2..], number);
        output.Advance(6);
    }
}
