using Executor.Core.Logs.Capture;

namespace Executor.Core.Logs.Shipping;

/// <summary>
/// What was read and not shipped yet: at first in memory, then on disk, then dropped and counted. Order is kept: while
/// there is something on disk, what comes goes behind it. Adding waits for nothing but the disk.
/// </summary>
/// <param name="memoryPages">How many full pages stay in memory.</param>
internal sealed class Backlog(int memoryPages, Spool spool, LogOverflow overflow, LogCounts counts, TimeProvider time)
{
    private readonly object _gate = new();
    private readonly Queue<Page> _full = new();
    private readonly Stack<Page> _free = new();
    private Page _current = new();
    private SpooledPiece? _onDisk;
    private uint _gaps;
    private bool _isOver;

    /// <summary>Any thread; the bytes are borrowed for the call.</summary>
    /// <param name="file">Where they are already; null is nowhere.</param>
    public void Add(int stream, ReadOnlySpan<byte> bytes, KeptFile? file = null, long offset = 0)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_gate)
        {
            while (!bytes.IsEmpty)
            {
                var added = AddToMemory(stream, now, bytes);
                if (added == 0) added = AddToDisk(stream, now, bytes, file, offset);
                bytes = bytes[added..];
                offset += added;
            }

            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Nothing more comes.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isOver = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Takes the oldest page; the one taken before has to be given back first.</summary>
    /// <param name="isOver">Nothing is left, and nothing will come.</param>
    /// <returns>Null where nothing came in that time.</returns>
    public Page? Take(TimeSpan wait, out bool isOver)
    {
        while (true)
        {
            Page page;
            lock (_gate)
            {
                isOver = false;
                if (_full.TryDequeue(out var oldest)) return oldest;
                page = NewPage();
                if (_current.Length > 0)
                {
                    (page, _current) = (_current, page);
                    return page;
                }

                if (spool.IsEmpty)
                {
                    Free(page);
                    isOver = _isOver;
                    if (isOver || !Monitor.Wait(_gate, wait)) return null;
                    continue;
                }

                _onDisk = spool.TakeOldest();
            }

            // Without the lock: who reads a pipe does not wait for what is read from disk.
            if (_onDisk.TryRead(page)) return page;
            Lose(_onDisk, page);
        }
    }

    /// <summary>What waits on disk and is in no other file stays there; that of the page that was taken, too.</summary>
    /// <returns>The folder in which it stays; null where there is nothing.</returns>
    public string? LeaveOnDisk()
    {
        lock (_gate) return spool.Leave(_onDisk);
    }

    /// <summary>Whatever waits is dropped, and counted.</summary>
    public void DropAll()
    {
        lock (_gate)
        {
            _full.Enqueue(_current);
            _current = NewPage();
            while (_full.TryDequeue(out var page))
            {
                for (var position = 0; page.TryRead(ref position, out var piece);)
                    counts.Add(LogCount.DroppedFull, piece.Bytes.Count((byte)'\n'));
                Free(page);
            }

            while (!spool.IsEmpty) DropOldest();
        }
    }

    /// <summary>A page that was taken is done with: what is in it was shipped.</summary>
    public void GiveBack(Page page)
    {
        lock (_gate)
        {
            if (_onDisk is not null) spool.GiveUp(_onDisk);
            _onDisk = null;
            Free(page);
        }
    }

    /// <summary>Whether what came last of a stream was dropped.</summary>
    public bool EndsInGap(int stream)
    {
        lock (_gate) return (_gaps >> stream & 1) != 0;
    }

    /// <returns>How many of the bytes; 0 where there is no room, or younger ones on disk.</returns>
    private int AddToMemory(int stream, long now, ReadOnlySpan<byte> bytes)
    {
        if (!spool.IsEmpty) return 0;
        if (_current.IsFull && _full.Count < memoryPages)
        {
            _full.Enqueue(_current);
            _current = NewPage();
        }

        var added = _current.Append(stream, now, bytes, EndsInGap(stream));
        if (added > 0) _gaps &= ~(1u << stream);
        return added;
    }

    /// <returns>How many of the bytes are done with, kept or dropped.</returns>
    private int AddToDisk(int stream, long now, ReadOnlySpan<byte> bytes, KeptFile? file, long offset)
    {
        if (bytes.Length > Page.Capacity) bytes = bytes[..Page.Capacity];
        while (overflow == LogOverflow.Oldest && !spool.IsEmpty && !spool.HasRoom(bytes.Length)) DropOldest();
        var hasRoom = spool.HasRoom(bytes.Length);
        if (hasRoom && spool.TryAdd(stream, now, bytes, file, offset, EndsInGap(stream)))
        {
            _gaps &= ~(1u << stream);
        }
        else
        {
            counts.Add(hasRoom ? LogCount.DroppedSpool : LogCount.DroppedFull, bytes.Count((byte)'\n'));
            _gaps |= 1u << stream;
        }

        return bytes.Length;
    }

    private void DropOldest()
    {
        var piece = spool.TakeOldest();
        counts.Add(LogCount.DroppedFull, piece.Lines);
        GiveUp(piece);
    }

    private void Lose(SpooledPiece piece, Page page)
    {
        counts.Add(LogCount.DroppedSpool, piece.Lines);
        lock (_gate)
        {
            GiveUp(piece);
            _onDisk = null;
            Free(page);
        }
    }

    /// <summary>What comes next of its stream comes after a gap.</summary>
    private void GiveUp(SpooledPiece piece)
    {
        if (!spool.TryMarkGap(piece.Stream)) _gaps |= 1u << piece.Stream;
        spool.GiveUp(piece);
    }

    private Page NewPage() => _free.TryPop(out var page) ? page : new Page();

    /// <summary>As many as can be in use are kept: what comes in bursts takes no new memory for each.</summary>
    private void Free(Page page)
    {
        page.Clear();
        if (_free.Count <= memoryPages) _free.Push(page);
    }
}
