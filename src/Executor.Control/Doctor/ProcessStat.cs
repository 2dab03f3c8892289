using System.Globalization;

namespace Executor.Control.Doctor;

/// <summary>What /proc/PID/stat says of a process.</summary>
internal sealed record ProcessStat(int Parent, int Session)
{
    /// <returns>Null when it has ended, or belongs to another user and is hidden.</returns>
    public static ProcessStat? Of(int pid)
    {
        try
        {
            return Parse(File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat")));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <returns>Null when the text is not of that file.</returns>
    public static ProcessStat? Parse(string text)
    {
        // Fields count from the name's end on: it may itself hold anything.
        return text[(text.LastIndexOf(')') + 1)..].Split(' ') is ["", _, var parent, _, var session, ..]
            && int.TryParse(parent, CultureInfo.InvariantCulture, out var parentPid)
            && int.TryParse(session, CultureInfo.InvariantCulture, out var sessionId)
            ? new ProcessStat(parentPid, sessionId)
            : null;
    }

    public static IReadOnlyList<int> ChildrenOf(int parent) =>
        [.. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0 && Of(pid)?.Parent == parent)];
}
