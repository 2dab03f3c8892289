using NLog;

namespace Executor.Libprocess;

/// <summary>
/// Counts what was refused, by kind, and logs the first of each kind: a peer that keeps sending nonsense must not
/// fill the sandbox's disk. Safe from any thread.
/// </summary>
internal sealed class RefusalLog
{
    private static readonly Logger Log = LogManager.GetLogger("driver");
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>How many were refused so far, by kind.</summary>
    public IReadOnlyDictionary<string, long> Counts
    {
        get
        {
            lock (_counts) return new Dictionary<string, long>(_counts, StringComparer.Ordinal);
        }
    }

    /// <param name="kind">From a fixed set, never from the wire.</param>
    public void Add(string kind, string detail)
    {
        lock (_counts)
        {
            var count = _counts.GetValueOrDefault(kind) + 1;
            _counts[kind] = count;
            if (count > 1) return;
        }

        Log.Warn("refused ({0}, further ones are only counted): {1}", kind, detail);
    }
}
