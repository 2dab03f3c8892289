using Executor.Core.Logs.Capture;
using NLog;

namespace Executor.Core.Logs.Shipping;

/// <summary>
/// Ships one task's output: a thread that takes what the readers have put into the backlog, makes events of it and sends
/// them. It is less urgent than everything else on the host: a task must not be slowed by its logs.
/// </summary>
internal sealed class Shipper : IDisposable
{
    private const int BatchBytes = 256 * 1024;
    private const int ThreadStack = 512 * 1024;

    /// <summary>Half of the way to the least urgent.</summary>
    private const int Niceness = 10;

    private readonly Backlog _backlog;
    private readonly ShippedStream[] _streams;
    private readonly LogSender _sender;
    private readonly UnshippedFile _unshipped;
    private readonly Logger _log;
    private readonly Batch _batch = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Shipper(Backlog backlog, ShippedStream[] streams, LogSender sender, UnshippedFile unshipped, Logger log)
    {
        (_backlog, _streams, _sender, _unshipped, _log) = (backlog, streams, sender, unshipped, log);
        new Thread(Run, ThreadStack) { IsBackground = true, Name = "log shipper" }.Start();
    }

    /// <summary>Completes once everything that was read is shipped or left in a file; faults never.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Nothing more comes.</summary>
    public void Complete()
    {
        _backlog.Complete();
        _ending.Cancel();
    }

    /// <summary>What is not shipped yet is left in a file.</summary>
    public void Stop() => _stop.Cancel();

    public void Dispose()
    {
        Complete();
        Stop();
        _ = _ended.Task.ContinueWith(
            _ =>
            {
                _ending.Dispose();
                _stop.Dispose();
            },
            CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private void Run()
    {
        try
        {
            Posix.BeNice(Niceness);
            Ship();
        }
        catch (Exception e)
        {
            _log.Error(e, "internal error: its output is not shipped any more");
        }
        finally
        {
            _sender.Dispose();
            _unshipped.Dispose();
            _ended.SetResult();
        }
    }

    private void Ship()
    {
        while (true)
        {
            if (_unshipped.IsFull) _backlog.DropAll();
            if (_backlog.Take(IsWaiting() || _sender.IsUnsure ? ShippedStream.Pause : Timeout.InfiniteTimeSpan, out var isOver) is { } page)
            {
                Ship(page);
                if (_unshipped.HasFailed) LeaveRest();
                _backlog.GiveBack(page);
                continue;
            }

            if (isOver) EndStreams();
            else
                foreach (var stream in _streams) stream.EndEvent(_batch);
            Send();
            if (!isOver) continue;
            _sender.Close();
            _unshipped.Add(_sender.Unsent);
            return;
        }
    }

    /// <summary>A disk that takes no more keeps what it has.</summary>
    private void LeaveRest()
    {
        if (_backlog.LeaveOnDisk() is { } folder) _log.Warn("what waited on disk stays in {0}, as it was printed", folder);
        _backlog.DropAll();
    }

    private bool IsWaiting()
    {
        foreach (var stream in _streams)
            if (stream.IsWaiting) return true;
        return false;
    }

    private void Ship(Page page)
    {
        for (var position = 0; page.TryRead(ref position, out var piece);)
        {
            // Of each: one that is silent would wait for as long as another is busy.
            foreach (var waiting in _streams) waiting.EndOldEvent(piece.Arrived, _batch);
            var stream = _streams[piece.Stream];
            if (piece.FollowsGap) stream.Gap(_batch);
            var rest = piece.Bytes;
            while (stream.TryAdd(ref rest, piece.Arrived, _batch))
                if (_batch.Bytes.Length >= BatchBytes) Send();
            if (_batch.Bytes.Length >= BatchBytes) Send();
        }

        Send();
    }

    private void EndStreams()
    {
        for (var i = 0; i < _streams.Length; i++)
        {
            if (_backlog.EndsInGap(i)) _streams[i].Gap(_batch);
            _streams[i].End(_batch);
        }
    }

    private void Send()
    {
        if (!_sender.Send(_batch, _ending.Token, _stop.Token)) _unshipped.Add(_batch);
        _batch.Clear();
    }
}
