using System.Globalization;

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
    public static Dictionary<string, long> WakeUps(int pid)
    {
        var counts = new Dictionary<string, long>();
        foreach (var task in Directory.GetDirectories($"/proc/{pid}/task"))
        {
            try
            {
                counts[task] = Field($"{task}/status", "voluntary_ctxt_switches:");
            }
            catch (IOException)
            {
                // The pool's threads retire.
            }
        }

        return counts;
    }

    /// <summary>Resident memory in KiB that is no file's.</summary>
    public static long Anonymous(int pid) => Field($"/proc/{pid}/status", "RssAnon:");

    /// <summary>Of all threads; the kernel counts in hundredths.</summary>
    public static double CpuSeconds(int pid)
    {
        var fields = File.ReadAllText($"/proc/{pid}/stat").Split(')')[^1].Split(' ');
        return (long.Parse(fields[12], CultureInfo.InvariantCulture) + long.Parse(fields[13], CultureInfo.InvariantCulture)) / 100.0;
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
