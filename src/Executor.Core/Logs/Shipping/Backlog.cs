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
    private bool _gap;
    private bool _isOver;
    private bool _takenFromDisk;

    /// <summary>Any thread; the bytes are borrowed for the call.</summary>
    public void Add(int stream, ReadOnlySpan<byte> bytes)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_gate)
        {
            while (!bytes.IsEmpty)
            {
                var added = _current.Append(stream, now, bytes);
                bytes = bytes[added..];
                if (bytes.IsEmpty || TryPutAway()) continue;
                counts.Add(LogCount.DroppedFull, bytes.Count((byte)'\n'));
                _gap = true;
                return;
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
        lock (_gate)
        {
            while (true)
            {
                isOver = false;
                if (_full.TryDequeue(out var page)) return page;
                if (!spool.IsEmpty)
                {
                    page = NewPage();
                    if (spool.TryReadOldest(page))
                    {
                        _takenFromDisk = true;
                        return page;
                    }

                    counts.Add(LogCount.DroppedSpool, spool.DropOldest(unread: true));
                    _free.Push(page);
                    continue;
                }

                if (_current.Length > 0)
                {
                    page = _current;
                    NextPage();
                    return page;
                }

                isOver = _isOver;
                if (isOver || !Monitor.Wait(_gate, wait)) return null;
            }
        }
    }

    /// <summary>A page that was taken is done with: what is in it was shipped.</summary>
    public void GiveBack(Page page)
    {
        lock (_gate)
        {
            if (_takenFromDisk) spool.DropOldest(unread: false);
            _takenFromDisk = false;
            page.Clear();
            if (_free.Count <= 2) _free.Push(page);
        }
    }

    /// <summary>Whether what came last was dropped.</summary>
    public bool EndsInGap
    {
        get
        {
            lock (_gate) return _gap || (_current.FollowsGap && _current.Length == 0);
        }
    }

    /// <returns>Whether there is a page with room again.</returns>
    private bool TryPutAway()
    {
        if (spool.IsEmpty && _full.Count < memoryPages)
        {
            _full.Enqueue(_current);
            NextPage();
            return true;
        }

        while (!spool.HasRoom(_current.Length))
        {
            // What is being shipped cannot be dropped.
            if (overflow == LogOverflow.Newest || spool.IsEmpty || _takenFromDisk) return false;
            counts.Add(LogCount.DroppedFull, spool.DropOldest(unread: true));
        }

        if (!spool.TryAdd(_current)) return false;
        _free.Push(_current);
        _current.Clear();
        NextPage();
        return true;
    }

    private void NextPage()
    {
        _current = NewPage();
        _current.FollowsGap = _gap;
        _gap = false;
    }

    private Page NewPage() => _free.TryPop(out var page) ? page : new Page();
}
