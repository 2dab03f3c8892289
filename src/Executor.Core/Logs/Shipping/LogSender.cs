using System.Net.Sockets;
using Executor.Core.Configuration;
using Executor.Core.Hooks;
using NLog;

namespace Executor.Core.Logs.Shipping;

/// <summary>
/// Brings batches to a receiver, whatever it takes: one connection at a time, to the receivers in turn, with a pause that
/// grows while none can be reached. Used by one thread.
/// </summary>
/// <param name="receivers">Those known now, possibly none; returns at once.</param>
internal sealed class LogSender(LogEndpoint endpoint, Func<IReadOnlyList<HostAndPort>> receivers, LogCounts counts, Logger log, TimeProvider time) : IDisposable
{
    /// <summary>A connection that breaks sooner has proved nothing.</summary>
    private static readonly TimeSpan ShortLife = TimeSpan.FromSeconds(1);

    /// <summary>In which a trouble that comes and goes is told once.</summary>
    private static readonly TimeSpan QuietTime = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    /// <summary>While there is no connection to be had.</summary>
    private readonly Backoff _absent = new(FirstPause, TimeSpan.FromSeconds(30));

    /// <summary>While connections break as soon as they are made.</summary>
    private readonly Backoff _flapping = new(FirstPause, TimeSpan.FromSeconds(1));

    private readonly UnackedBytes _unacked = new(Connector.SendBuffer * 4);
    private readonly Batch _again = new();
    private IConnection? _connection;
    private HostAndPort? _address;
    private long _connected;
    private long? _told;
    private int _turn = Random.Shared.Next(1024);

    /// <summary>That receivers take nothing was said, and that one does again was not.</summary>
    private bool _isTold;

    /// <summary>
    /// Returns when the whole batch was taken, and what came back from a connection that broke; with an empty batch it only
    /// looks for that.
    /// </summary>
    /// <param name="ending">The task is over, and the time for its rest runs: pauses are short from then on.</param>
    /// <returns>False where it was stopped before; what was not taken is still in the batch.</returns>
    public bool Send(Batch batch, CancellationToken ending, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                if (stop.IsCancellationRequested) return batch.Count == 0;
                LeaveInTime();
                if (batch.Count == 0 && _again.Count == 0) return true;
                if (_connection is null)
                {
                    _connection = Connect(stop);
                    _connected = time.GetTimestamp();
                }

                using var cut = stop.UnsafeRegister(static connection => ((IConnection)connection!).Cut(), _connection);
                SendAgain();
                if (batch.Count > 0) _connection.Send(batch);
                Reached();
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
            {
                var pauses = _connection is null ? _absent : _flapping;
                Broken(e, batch, stop.IsCancellationRequested);
                if (ending.IsCancellationRequested) Rest(_flapping.Next(), stop, CancellationToken.None);
                else Rest(pauses.Next(), stop, ending);
            }
        }
    }

    /// <summary>Whether to look again soon, though there is nothing to send.</summary>
    public bool IsUnsure => _connection?.IsUnsure == true;

    /// <summary>What a connection has left to be sent again, and was not.</summary>
    public Batch Unsent => _again;

    /// <summary>Says good-bye to the receiver; what its kernel has not taken by then is <see cref="Unsent"/>.</summary>
    public void Close()
    {
        if (_connection is null) return;
        _connection.Close();
        if (_connection is JsonLinesConnection lines) TakeBack(lines);
        _connection.Dispose();
        _connection = null;
    }

    public void Dispose() => _connection?.Dispose();

    /// <summary>
    /// Leaves a receiver that has ended the connection, as many do after a while without lines; whose turn is over; or that
    /// Consul does not name any more, before it is stopped.
    /// </summary>
    private void LeaveInTime()
    {
        if (_connection is null) return;
        if (_connection.IsOver)
        {
            _connection.Dispose();
            _connection = null;
            return;
        }

        if (receivers() is not { Count: > 0 } current) return;
        var isOver = current.Count > 1 && time.GetElapsedTime(_connected) >= endpoint.Turn;
        if (!isOver && current.Contains(_address!)) return;
        Close();
    }

    private IConnection Connect(CancellationToken stop)
    {
        var current = receivers();
        if (current.Count == 0) throw new IOException("no receiver is known");
        _address = current[_turn++ % current.Count];
        if (endpoint.Protocol == LogProtocol.Udp) return new UdpConnection(Connector.Connect(_address, endpoint, stop), counts);
        var (socket, stream) = Connector.Open(_address, endpoint, stop);
        return endpoint.Protocol is LogProtocol.Lumberjack or LogProtocol.LumberjackTls
            ? new LumberjackConnection(socket, stream, endpoint.Window, endpoint.Compression, counts)
            : new JsonLinesConnection(socket, stream, _unacked, counts);
    }

    private void SendAgain()
    {
        if (_again.Count == 0) return;
        counts.Add(LogCount.SentAgain, _again.Count);
        _connection!.Send(_again);
        _again.Clear();
    }

    private void Reached()
    {
        _absent.Reset();
        var hasProved = time.GetElapsedTime(_connected) >= ShortLife;
        if (hasProved) _flapping.Reset();
        // At first the kernel takes what nobody reads; only an acknowledgement proves something at once.
        if (!_isTold || (!hasProved && endpoint.Protocol is not (LogProtocol.Lumberjack or LogProtocol.LumberjackTls))) return;
        log.Info("its output goes to {0} again", _address);
        _isTold = false;
    }

    /// <param name="isCut">By us, as the time is over: no receiver's fault.</param>
    private void Broken(Exception e, Batch batch, bool isCut)
    {
        if (!isCut)
        {
            counts.Add(LogCount.ConnectionErrors);
            // What could not be connected says itself where.
            if (!_isTold) Tell(_connection is null ? e.Message : $"{_address}: {e.Message}");
        }

        if (_connection is JsonLinesConnection lines) TakeBack(lines);
        else if (_connection is LumberjackConnection) counts.Add(LogCount.SentAgain, Math.Min(batch.Count, endpoint.Window));
        _connection?.Dispose();
        _connection = null;
    }

    private void Rest(TimeSpan pause, CancellationToken stop, CancellationToken ending)
    {
        using var over = new CancellationTokenSource(pause, time);
        WaitHandle.WaitAny([over.Token.WaitHandle, stop.WaitHandle, ending.WaitHandle]);
    }

    private void Tell(string trouble)
    {
        if (_told is { } before && time.GetElapsedTime(before) < QuietTime) return;
        _told = time.GetTimestamp();
        _isTold = true;
        log.Warn("its output waits, no receiver takes it: {0}", trouble);
    }

    /// <summary>
    /// What of the batch itself was sent stands at the end of what comes back, and is still in the batch; what was to be sent
    /// again and was not comes behind it.
    /// </summary>
    private void TakeBack(JsonLinesConnection lines)
    {
        var unsent = _again.Count > 0 ? _again.First(int.MaxValue, out _).ToArray() : [];
        _again.Clear();
        AddAgain(lines.Unacknowledged());
        counts.Add(LogCount.Shipped, -_again.Count);
        AddAgain(unsent);
    }

    private void AddAgain(ReadOnlySpan<byte> lines)
    {
        while (lines.IndexOf((byte)'\n') is var end and >= 0)
        {
            _again.Bytes.Add(lines[..end]);
            _again.EndEvent();
            lines = lines[(end + 1)..];
        }
    }
}
