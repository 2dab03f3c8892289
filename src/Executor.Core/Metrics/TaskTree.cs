using System.Globalization;
using Executor.Core.Processes;

namespace Executor.Core.Metrics;

/// <summary>What all processes of a task use at one moment.</summary>
/// <param name="Cpu">With that of children that have ended.</param>
/// <param name="Memory">The sum of what is resident of each, in bytes: what they share is counted for each.</param>
internal readonly record struct TreeUsage(TimeSpan Cpu, long Memory, int Threads, int Descriptors);

/// <summary>Looks at the processes below a task's supervisor: it adopts what else would be lost from the tree.</summary>
internal static class TaskTree
{
    /// <summary>The unit of times in /proc, on every Linux of 64 bits.</summary>
    private const long TicksPerSecond = 100;

    /// <param name="supervisor">Not counted itself, but for what its children that have ended had used.</param>
    /// <returns>Null where it is gone, or the kernel keeps no lists of children (before 3.5, and later without checkpoint/restore).</returns>
    public static TreeUsage? Read(int supervisor)
    {
        if (!File.Exists($"/proc/{supervisor}/task/{supervisor}/children")) return null;
        var usage = new TreeUsage(ProcessStat.Fields(supervisor) is { } own ? Ticks(own, 13) + Ticks(own, 14) : TimeSpan.Zero, 0, 0, 0);
        var open = new Queue<int>(Children(supervisor));
        while (open.TryDequeue(out var pid))
        {
            if (ProcessStat.Fields(pid) is not { } stat) continue;
            usage = new TreeUsage(
                usage.Cpu + Ticks(stat, 11) + Ticks(stat, 12) + Ticks(stat, 13) + Ticks(stat, 14),
                usage.Memory + (long.Parse(stat[21], CultureInfo.InvariantCulture) * Environment.SystemPageSize),
                usage.Threads + int.Parse(stat[17], CultureInfo.InvariantCulture),
                usage.Descriptors + Names($"/proc/{pid}/fd").Length);
            foreach (var child in Children(pid)) open.Enqueue(child);
        }

        return usage;
    }

    /// <summary>Each thread has its own.</summary>
    private static IEnumerable<int> Children(int pid) =>
        from thread in Names($"/proc/{pid}/task")
        from child in (Text($"{thread}/children") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)
        select int.Parse(child, CultureInfo.InvariantCulture);

    private static TimeSpan Ticks(string[] stat, int field) =>
        TimeSpan.FromTicks(long.Parse(stat[field], CultureInfo.InvariantCulture) * (TimeSpan.TicksPerSecond / TicksPerSecond));

    private static string[] Names(string folder)
    {
        try
        {
            return Directory.GetFileSystemEntries(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // gone meanwhile, or another user's
        }
    }

    private static string? Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
