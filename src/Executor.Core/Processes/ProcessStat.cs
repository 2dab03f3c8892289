using System.Globalization;

namespace Executor.Core.Processes;

/// <summary>A process as /proc shows it at one moment.</summary>
internal readonly record struct ProcessStat(int Pid, char State, int Parent, int Group, int Session)
{
    /// <summary>All processes of the host.</summary>
    public static IEnumerable<ProcessStat> All() =>
        Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                ? Read(pid) : null)
            .OfType<ProcessStat>();

    /// <summary>Null when there is no such process any more.</summary>
    public static ProcessStat? Read(int pid)
    {
        if (Fields(pid) is not { Length: >= 4 } fields) return null;
        return new ProcessStat(pid, fields[0][0], Number(1), Number(2), Number(3));

        int Number(int field) => int.Parse(fields[field], CultureInfo.InvariantCulture);
    }

    /// <summary>The fields of /proc/PID/stat from the third, the state, on (proc(5)); null when there is no such process any more.</summary>
    public static string[]? Fields(int pid)
    {
        try
        {
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            // The name stands in parentheses and may itself contain any character: fields count from the last one.
            return text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
