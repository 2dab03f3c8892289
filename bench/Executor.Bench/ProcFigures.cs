using System.Globalization;
using Executor.Core.Processes;

namespace Executor.Bench;

/// <summary>What the kernel says of a process: memory and wake-ups.</summary>
internal static class ProcFigures
{
    /// <summary>Proportional set size in KiB: shared pages count in parts.</summary>
    public static long ProportionalSetSize(int pid) => Field($"/proc/{pid}/smaps_rollup", "Pss:");

    /// <summary>Proportional set size in KiB of what is mapped from files whose path holds one of these words.</summary>
    public static long ProportionalSetSize(int pid, params string[] words)
    {
        var counts = false;
        long sum = 0;
        foreach (var line in File.ReadLines($"/proc/{pid}/smaps"))
        {
            // A mapping's first line begins with its addresses, in lower-case hexadecimal; every other with a name.
            if (!char.IsAsciiLetterUpper(line[0])) counts = words.Any(w => line.Contains(w, StringComparison.Ordinal));
            else if (counts && line.StartsWith("Pss:", StringComparison.Ordinal)) sum += Number(line);
        }

        return sum;
    }

    /// <summary>Voluntary context switches of each thread since it started: each is a wake-up. A thread that ends meanwhile is left out.</summary>
    private static Dictionary<string, long> WakeUps(int pid) =>
        (WhileThere(() => Directory.GetDirectories($"/proc/{pid}/task")) ?? [])
            .Select(task => (Task: task, Count: WhileThere(() => Field($"{task}/status", "voluntary_ctxt_switches:"))))
            .Where(thread => thread.Count > 0)
            .ToDictionary(thread => thread.Task, thread => thread.Count);

    /// <summary>How often threads of these processes are woken within a time, which this waits for.</summary>
    public static async Task<long> WakeUpsAsync(IReadOnlyCollection<int> processes, TimeSpan time)
    {
        var before = processes.SelectMany(WakeUps).ToDictionary();
        await Task.Delay(time, TimeProvider.System);
        return processes.SelectMany(WakeUps).Sum(thread => thread.Value - before.GetValueOrDefault(thread.Key));
    }

    /// <summary>Resident memory in KiB that is no file's.</summary>
    public static long Anonymous(int pid) => Field($"/proc/{pid}/status", "RssAnon:");

    /// <summary>Of all threads; the kernel counts in hundredths.</summary>
    public static double CpuSeconds(int pid)
    {
        var fields = File.ReadAllText($"/proc/{pid}/stat").Split(')')[^1].Split(' ');
        return (long.Parse(fields[12], CultureInfo.InvariantCulture) + long.Parse(fields[13], CultureInfo.InvariantCulture)) / 100.0;
    }

    /// <summary>As above, of all these, with what the processes have used that they started, waited for and that are gone.</summary>
    public static double CpuSeconds(IEnumerable<int> processes) =>
        processes.Sum(pid => ProcessStat.Fields(pid)?[11..15].Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture)) ?? 0) / 100.0;

    /// <returns>Null when there is no such process any more.</returns>
    public static string? Name(int pid) => WhileThere(() => File.ReadAllText($"/proc/{pid}/comm").TrimEnd());

    /// <returns>What is seen; the default where the process goes away meanwhile, or is a zombie and has no such thing.</returns>
    public static T? WhileThere<T>(Func<T> look)
    {
        try
        {
            return look();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return default;
        }
    }

    public static int Parent(int pid) => (int)Field($"/proc/{pid}/status", "PPid:");

    public static IEnumerable<int> Children(int pid) =>
        Directory.GetDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && File.Exists($"/proc/{id}/status") && Parent(id) == pid);

    private static long Field(string file, string name)
    {
        var line = File.ReadLines(file).First(l => l.StartsWith(name, StringComparison.Ordinal));
        return Number(line);
    }

    private static long Number(string line) =>
        long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
