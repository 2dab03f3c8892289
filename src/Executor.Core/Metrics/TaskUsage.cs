using Executor.Core.Ports;

namespace Executor.Core.Metrics;

/// <summary>What one task has used so far. Any thread.</summary>
/// <param name="supervisor">Its pid; null where the command had ended before anybody looked.</param>
internal sealed class TaskUsage(int? supervisor)
{
    private readonly Lock _gate = new();
    private TimeSpan _seen;

    /// <summary>Never less than before, though what a process used may be lost with it: its parent need not wait for it.</summary>
    public TimeSpan Cpu { get; private set; }

    /// <summary>What it uses now; null where that cannot be seen, and once it is over.</summary>
    public TreeUsage? Now { get; private set; }

    /// <summary>The greatest resident memory of any of its processes, in bytes; known at its end.</summary>
    public long? Peak { get; private set; }

    public bool IsOver { get; private set; }

    public void Look()
    {
        lock (_gate)
        {
            Now = IsOver || supervisor is not { } pid ? null : TaskTree.Read(pid);
            if (Now is not { } now) return;
            if (now.Cpu > _seen) Cpu += now.Cpu - _seen;
            _seen = now.Cpu;
        }
    }

    /// <param name="usage">Of all its processes that somebody has waited for; null is unknown.</param>
    public void End(ResourceUsage? usage)
    {
        lock (_gate)
        {
            (Now, IsOver) = (null, true);
            if (usage is null) return;
            Peak = usage.PeakMemory;
            if (usage.UserTime + usage.SystemTime is var used && used > Cpu) Cpu = used;
        }
    }
}
