using System.Globalization;

namespace Executor.Core.Tests.Processes;

/// <summary>Looks at processes through /proc.</summary>
internal static class ProcFile
{
    public static int Parent(int pid) => Number(pid, 4);

    public static int Group(int pid) => Number(pid, 5);

    public static int Session(int pid) => Number(pid, 6);

    public static char State(int pid) => Fields(pid)[0][0];

    /// <summary>The value of a line of /proc/pid/status, without its unit.</summary>
    public static string Status(int pid, string name) =>
        StatusValue(File.ReadAllText($"/proc/{pid}/status"), name);

    public static string StatusValue(string status, string name) =>
        status.Split('\n').Single(line => line.StartsWith(name + ":", StringComparison.Ordinal))
            [(name.Length + 1)..].Trim().Split(' ')[0];

    public static long ContextSwitches(int pid) =>
        Count(pid, "voluntary_ctxt_switches") + Count(pid, "nonvoluntary_ctxt_switches");

    public static long Count(int pid, string name) => long.Parse(Status(pid, name), CultureInfo.InvariantCulture);

    /// <summary>The children of a process, zombies included.</summary>
    public static int[] Children(int parent) =>
        [.. Directory.GetDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), out var pid) ? pid : 0)
            .Where(pid => pid != 0 && ParentOrNothing(pid) == parent)];

    private static int ParentOrNothing(int pid)
    {
        try
        {
            return Parent(pid);
        }
        catch (IOException)
        {
            return 0; // ended since the directory was read
        }
    }

    private static int Number(int pid, int field) => int.Parse(Fields(pid)[field - 3], CultureInfo.InvariantCulture);

    // From the third field, the state, on: the second may contain anything.
    private static string[] Fields(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }
}
