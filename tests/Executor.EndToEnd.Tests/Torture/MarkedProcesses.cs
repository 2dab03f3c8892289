using System.Globalization;

namespace Executor.EndToEnd.Tests.Torture;

/// <summary>Finds every process that a run has started, however far it got away, by a variable that all of them inherit.</summary>
internal sealed class MarkedProcesses
{
    private const string Variable = "TORTURE_MARK";

    private readonly string _entry;

    public MarkedProcesses()
    {
        var value = Guid.NewGuid().ToString("N");
        Environment = new Dictionary<string, string> { [Variable] = value };
        _entry = $"{Variable}={value}";
    }

    /// <summary>What a run's executor gets.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Those alive now. A zombie has no environment; its parent has to be looked at.</summary>
    public IEnumerable<int> Alive() => Pids().Where(IsMarked);

    /// <summary>The processes below this one, zombies too.</summary>
    public static IReadOnlyList<int> Below(int ancestor)
    {
        var parents = Pids().Select(pid => (Pid: pid, Parent: Parent(pid))).ToLookup(p => p.Parent, p => p.Pid);
        var found = new List<int>();
        var open = new Queue<int>([ancestor]);
        while (open.TryDequeue(out var pid))
        {
            foreach (var child in parents[pid]) open.Enqueue(child);
            found.AddRange(parents[pid]);
        }

        return found;
    }

    /// <summary>How many descriptors a process has open.</summary>
    public static int Descriptors(int pid) => Directory.GetFiles($"/proc/{pid}/fd").Length;

    /// <summary>The descriptors of a process, and what is below it.</summary>
    public static string Describe(int pid) => string.Join("; ", Directory.GetFiles($"/proc/{pid}/fd")
        .Select(file => $"{Path.GetFileName(file)} {new FileInfo(file).LinkTarget}")
        .Concat(Below(pid).Select(below => Read(below, "stat"))));

    private static IEnumerable<int> Pids() =>
        Directory.GetDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0);

    private bool IsMarked(int pid) => Read(pid, "environ").Split('\0').Contains(_entry, StringComparer.Ordinal);

    private static int Parent(int pid)
    {
        var stat = Read(pid, "stat");
        return stat.Length == 0 ? 0 : int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Empty where the process has gone.</summary>
    private static string Read(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
