using System.Globalization;

namespace Executor.Core.Processes;

/// <summary>How readily the kernel ends this process when memory runs out: proc(5), oom_score_adj.</summary>
public static class OomScore
{
    private const string File = "/proc/self/oom_score_adj";

    /// <summary>Changes this process's; what it starts from here on inherits it.</summary>
    /// <param name="error">Why it is as it was: only root may go below what was given.</param>
    /// <returns>What it was before; null when that is not known.</returns>
    public static int? Change(int adjustment, out string? error)
    {
        error = null;
        int? before = null;
        try
        {
            before = int.Parse(System.IO.File.ReadAllText(File), CultureInfo.InvariantCulture);
            System.IO.File.WriteAllText(File, adjustment.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            error = e.Message;
        }

        return before;
    }
}
