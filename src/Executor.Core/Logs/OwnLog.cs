using System.Text;
using Executor.Core.Logs.Shipping;

namespace Executor.Core.Logs;

/// <summary>
/// The executor's own log on its way to the receivers: it goes with the output of a task that is shipped, and waits for one
/// as long as there is none. Any thread.
/// </summary>
public sealed class OwnLog
{
    /// <summary>The number of the stream among a task's.</summary>
    private const int Stream = 2;

    /// <summary>Before a task is shipped; older ones are forgotten.</summary>
    private const int MostWaiting = 1000;

    private readonly Lock _lock = new();
    private readonly Queue<string> _waiting = new();
    private readonly List<Backlog> _backlogs = [];

    /// <param name="json">One line: an object with @timestamp, level, logger and message.</param>
    public void Add(string json)
    {
        lock (_lock)
        {
            if (_backlogs.Count > 0)
            {
                _backlogs[0].Add(Stream, Encoding.UTF8.GetBytes(json + "\n"));
                return;
            }

            if (_waiting.Count == MostWaiting) _waiting.Dequeue();
            _waiting.Enqueue(json);
        }
    }

    internal void Attach(Backlog backlog)
    {
        lock (_lock)
        {
            _backlogs.Add(backlog);
            while (_waiting.TryDequeue(out var json)) backlog.Add(Stream, Encoding.UTF8.GetBytes(json + "\n"));
        }
    }

    internal void Detach(Backlog backlog)
    {
        lock (_lock) _backlogs.Remove(backlog);
    }
}
