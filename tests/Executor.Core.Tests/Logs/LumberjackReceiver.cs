using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Executor.Core.Tests.Logs;

/// <summary>What a receiver does with one window.</summary>
internal enum Conduct
{
    Acknowledge,

    /// <summary>Takes all of it, and resets the connection without a word.</summary>
    Reset,

    /// <summary>Acknowledges half of it, and resets the connection.</summary>
    AcknowledgeHalf,

    /// <summary>Takes all of it, and says nothing any more.</summary>
    Hang,

    /// <summary>Says that it is alive before it acknowledges.</summary>
    AcknowledgeLate,
}

/// <summary>
/// A receiver of Lumberjack v2, written from the protocol's description (logstash-input-beats, PROTOCOL.md), that holds the
/// sender to it: one window frame, then that many events numbered from 1, compressed or not, and no second window before the
/// first is acknowledged.
/// </summary>
internal sealed class LumberjackReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly Func<int, Conduct> _conduct;
    private readonly CancellationTokenSource _over = new();
    private readonly List<string> _events = [];
    private readonly Task _work;
    private int _windows;

    /// <param name="conduct">For each window, by its number over all connections.</param>
    /// <param name="port">0 is any.</param>
    public LumberjackReceiver(Func<int, Conduct> conduct, int port = 0)
    {
        _conduct = conduct;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _work = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What the sender did against the protocol.</summary>
    public string? Fault { get; private set; }

    /// <summary>All events that were taken; ask once the sender is done.</summary>
    public IReadOnlyList<string> Events => _events;

    public int LargestWindow { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Stop();
        await _work;
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                using var socket = await _listener.AcceptSocketAsync(_over.Token);
                await ServeAsync(socket);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
            {
                // The sender has left this connection, or the test is over.
            }
            catch (InvalidDataException e)
            {
                Fault = e.Message;
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        while (true)
        {
            var count = await WindowAsync(stream);
            LargestWindow = Math.Max(LargestWindow, count);
            switch (_conduct(_windows++))
            {
                case Conduct.Reset:
                    socket.LingerState = new LingerOption(true, 0);
                    return;
                case Conduct.AcknowledgeHalf:
                    await AcknowledgeAsync(stream, count / 2);
                    socket.Shutdown(SocketShutdown.Send);
                    return;
                case Conduct.Hang:
                    await stream.ReadExactlyAsync(new byte[1], _over.Token);
                    throw new InvalidDataException("something follows a window that was not acknowledged");
                case Conduct.AcknowledgeLate:
                    await AcknowledgeAsync(stream, 0);
                    await AcknowledgeAsync(stream, count / 3);
                    break;
            }

            await AcknowledgeAsync(stream, count);
        }
    }

    private async Task<int> WindowAsync(Stream stream)
    {
        if (await TypeAsync(stream) != 'W') throw new InvalidDataException("no window first");
        var count = (int)await NumberAsync(stream);
        if (count == 0) throw new InvalidDataException("an empty window");
        await EventsAsync(stream, 1, count);
        return count;
    }

    private async Task EventsAsync(Stream stream, int next, int count)
    {
        while (next <= count)
        {
            switch (await TypeAsync(stream))
            {
                case 'C':
                    var compressed = new byte[await NumberAsync(stream)];
                    await stream.ReadExactlyAsync(compressed, _over.Token);
                    await using (var inside = new ZLibStream(new MemoryStream(compressed), CompressionMode.Decompress))
                    {
                        await EventsAsync(inside, next, count);
                        if (inside.ReadByte() >= 0) throw new InvalidDataException("more in a compressed frame than the window");
                    }

                    return;
                case 'J':
                    if (await NumberAsync(stream) != next++) throw new InvalidDataException("events out of order");
                    var json = new byte[await NumberAsync(stream)];
                    await stream.ReadExactlyAsync(json, _over.Token);
                    _events.Add(Encoding.UTF8.GetString(json));
                    break;
                default:
                    throw new InvalidDataException("a frame of another type");
            }
        }
    }

    private async Task<char> TypeAsync(Stream stream)
    {
        var header = new byte[2];
        await stream.ReadExactlyAsync(header, _over.Token);
        return header[0] == '2' ? (char)header[1] : throw new InvalidDataException("another version");
    }

    private async Task<uint> NumberAsync(Stream stream)
    {
        var number = new byte[4];
        await stream.ReadExactlyAsync(number, _over.Token);
        return BinaryPrimitives.ReadUInt32BigEndian(number);
    }

    private async Task AcknowledgeAsync(Stream stream, int number)
    {
        byte[] frame = [(byte)'2', (byte)'A', 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(2), number);
        await stream.WriteAsync(frame, _over.Token);
    }
}
