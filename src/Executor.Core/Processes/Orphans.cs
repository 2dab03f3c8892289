using Executor.Core.Ports;

namespace Executor.Core.Processes;

/// <summary>
/// What a supervisor leaves behind that was itself killed. This process is a subreaper, so that the processes of a
/// lost tree become its children, each in a session that the tree has made. Nothing else looks so: the supervisors
/// share this process's session, and a tree has no orphan while its supervisor lives.
/// </summary>
internal static class Orphans
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    // Whoever is about to signal a child relies on its not being reaped meanwhile.
    private static readonly SemaphoreSlim One = new(1);

    /// <summary>Makes this process a subreaper. Repeating it changes nothing.</summary>
    public static void Adopt() => _ = Libc.BecomeSubreaper();

    /// <summary>
    /// Sends SIGKILL to all of them and reaps them, until none is left or <paramref name="limit"/> is over. A child's
    /// children come to us in their turn when it is gone. Called when the supervisor has been reaped.
    /// </summary>
    public static async Task EndAsync(TimeProvider time, TimeSpan limit)
    {
        var since = time.GetTimestamp();
        await One.WaitAsync();
        try
        {
            while (TryKillAll() && time.GetElapsedTime(since) < limit) await Task.Delay(Pause, time);
        }
        finally
        {
            One.Release();
        }
    }

    /// <returns>Whether there was any, or /proc could not be read, out of descriptors perhaps.</returns>
    private static bool TryKillAll()
    {
        try
        {
            return ProcessStat.Read(Environment.ProcessId) is not { Session: var session } || KillAll(session);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <returns>Whether there was any.</returns>
    private static bool KillAll(int session)
    {
        var orphans = ProcessStat.All()
            .Where(process => process.Parent == Environment.ProcessId && process.Session != session).ToList();
        foreach (var orphan in orphans)
        {
            // Until it is reaped its group exists, and a group in a session of the tree is the tree's alone. The kernel
            // signals a group as one, so that nobody in it escapes by forking.
            if (orphan.Group > 1) _ = Libc.Kill(-orphan.Group, Signals.Kill);
            _ = Libc.Kill(orphan.Pid, Signals.Kill);
        }

        foreach (var orphan in orphans) _ = Libc.TryReap(orphan.Pid);
        return orphans.Count > 0;
    }
}
