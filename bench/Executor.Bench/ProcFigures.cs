using System.Globalization;

namespace Executor.Bench;

/// <summary>What the kernel says of a process: memory and wake-ups.</summary>
internal static class ProcFigures
{
    /// <summary>Proportional set size in KiB: shared pages count in parts.</summary>
    public static long ProportionalSetSize(int pid) => Field($"/proc/{pid}/smaps_rollup", "Pss:");

    /// <summary>Voluntary context switches of all threads since they started: each is a wake-up.</summary>
    public static long WakeUps(int pid) =>
        Directory.GetDirectories($"/proc/{pid}/task").Sum(task => Field($"{task}/status", "voluntary_ctxt_switches:"));

    public static int Parent(int pid) => (int)Field($"/proc/{pid}/status", "PPid:");

    public static IEnumerable<int> Children(int pid) =>
        Directory.GetDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && File.Exists($"/proc/{id}/status") && Parent(id) == pid);

    private static long Field(string file, string name)
    {
        var line = File.ReadLines(file).First(l => l.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
