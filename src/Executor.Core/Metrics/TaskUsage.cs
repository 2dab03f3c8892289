using Executor.Core.Ports;

namespace Executor.Core.Metrics;

/// <summary>What one task has used so far. Any thread.</summary>
/// <param name="supervisor">Its pid; null where the command had ended before anybody looked.</param>
internal sealed class TaskUsage(int? supervisor)
{
    private readonly Lock _gate = new();
    private TimeSpan _seen;
    private bool _isOver;

    /// <summary>Replaced whole, so that who reads sees no half of it.</summary>
    private volatile Known _known = new(TimeSpan.Zero, null, null);

    private sealed record Known(TimeSpan Cpu, TreeUsage? Now, long? Peak);

    /// <summary>Never less than before, though what a process used may be lost with it: its parent need not wait for it.</summary>
    public TimeSpan Cpu => _known.Cpu;

    /// <summary>What it uses now; null where that cannot be seen, and once it is over.</summary>
    public TreeUsage? Now => _known.Now;

    /// <summary>The greatest resident memory of any of its processes, in bytes; known at its end.</summary>
    public long? Peak => _known.Peak;

    public void Look()
    {
        lock (_gate)
        {
            if (_isOver) return;
            var now = supervisor is { } pid ? TaskTree.Read(pid) : null;
            var cpu = now?.Cpu ?? _seen;
            _known = _known with { Now = now, Cpu = _known.Cpu + (cpu > _seen ? cpu - _seen : TimeSpan.Zero) };
            _seen = cpu;
        }
    }

    /// <param name="usage">Of all its processes that somebody has waited for; null is unknown.</param>
    public void End(ResourceUsage? usage)
    {
        lock (_gate)
        {
            _isOver = true;
            var cpu = usage is null ? TimeSpan.Zero : usage.UserTime + usage.SystemTime;
            _known = new Known(cpu > _known.Cpu ? cpu : _known.Cpu, null, usage?.PeakMemory);
        }
    }
}
