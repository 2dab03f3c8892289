using Executor.Core.Logs.Lines;
using NLog;

namespace Executor.Core.Logs.Shipping;

/// <summary>What one stream's bytes become: lines, joined where they belong together, each an event in the batch.</summary>
internal sealed class ShippedStream(LogPlan plan, EventEncoder encoder, RateLimit rate, LogCounts counts, Logger log)
{
    /// <summary>After which without any bytes an event of several lines is whole.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>How long an event may wait for its end at all: an expression that matches nothing must not hold a task's output.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly LineSplitter _splitter = new(plan.LineSize);
    private readonly LineJoiner? _joiner = plan.FirstLine is null ? null : new LineJoiner(plan.FirstLine, plan.LineSize);
    private long _arrived;
    private bool _hasFailed;

    /// <summary>Whether the end of an event is still to come.</summary>
    public bool IsWaiting => _joiner?.HasBegun == true;

    /// <returns>False where there is no further line in the bytes.</returns>
    public bool TryAdd(ref ReadOnlySpan<byte> rest, long arrived, Batch batch)
    {
        _arrived = arrived;
        var skipped = _splitter.Skips;
        if (_splitter.TryTake(ref rest, out var line, out var cut)) Add(line, cut, batch);
        else if (skipped && !_splitter.Skips) counts.Add(LogCount.DroppedFull); // the end of a line whose beginning was
        return !rest.IsEmpty;
    }

    /// <summary>Something is missing here.</summary>
    public void Gap(Batch batch)
    {
        _splitter.Gap();
        EndEvent(batch);
    }

    /// <summary>Nothing has come for a while: what has begun is whole.</summary>
    public void EndEvent(Batch batch)
    {
        if (_joiner?.HasBegun != true) return;
        _joiner.Take(out var text, out var cut);
        Write(text, _joiner.Arrived, cut, batch);
    }

    /// <summary>What has begun is whole if it is old.</summary>
    /// <param name="now">When something came, of this or any other stream: time as the output has it, however late it is shipped.</param>
    public void EndOldEvent(long now, Batch batch)
    {
        if (_joiner?.HasBegun != true) return;
        if (now - _arrived >= Pause.TotalMilliseconds || now - _joiner.Arrived >= LongestWait.TotalMilliseconds) EndEvent(batch);
    }

    /// <summary>Nothing more comes.</summary>
    public void End(Batch batch)
    {
        if (_splitter.TryTakeLast(out var line, out var cut)) Add(line, cut, batch);
        EndEvent(batch);
    }

    private void Add(ReadOnlySpan<byte> line, bool cut, Batch batch)
    {
        counts.Add(LogCount.LinesRead);
        if (!rate.Allows(_arrived))
        {
            counts.Add(LogCount.DroppedRate);
            return;
        }

        if (_joiner is null)
        {
            Write(line, _arrived, cut, batch);
            return;
        }

        if (_joiner.HasBegun)
        {
            if (_joiner.IsFirst(line))
            {
                EndEvent(batch);
            }
            else if (_joiner.IsTooLongWith(line))
            {
                EndEvent(batch);
                counts.Add(LogCount.Split);
            }
        }

        _joiner.Add(line, _arrived, cut);
    }

    private void Write(ReadOnlySpan<byte> text, long arrived, bool cut, Batch batch)
    {
        if (text.IsEmpty || text.Trim(" \t"u8).IsEmpty) return; // says nothing
        var start = batch.Bytes.Length;
        try
        {
            encoder.Write(batch.Bytes, text, arrived, cut);
        }
        catch (Exception e)
        {
            // Whatever it is that one line finds wrong with this program, the next ones are shipped.
            batch.Bytes.CutAt(start);
            encoder.WriteUnread(batch.Bytes, text, arrived, cut);
            counts.Add(LogCount.Failed);
            if (!_hasFailed) log.Error(e, "internal error: a line of its output is shipped as it is; further ones are only counted, as {0}", nameof(LogCount.Failed));
            _hasFailed = true;
        }

        batch.EndEvent();
    }
}
