using Microsoft.Win32.SafeHandles;

namespace Executor.Core.Ports;

/// <summary>
/// Starts programs so that none of their processes is ever lost: each gets its own session under a task-supervisor,
/// which reaps every descendant and ends the whole tree when this process goes away, however it goes.
/// </summary>
public interface IProcessLauncher
{
    /// <summary>Returns when the program has been exec'd.</summary>
    /// <exception cref="ProcessStartException">It could not be started; nothing of it is left.</exception>
    Task<ISupervisedProcess> LaunchAsync(ProcessDescription description, CancellationToken cancellationToken);
}

/// <summary>What to run. Everything is explicit: nothing is inherited but what stands here.</summary>
public sealed record ProcessDescription
{
    /// <summary>The file to execute; without a slash it is looked up in PATH of <see cref="Environment"/>.</summary>
    public required string Program { get; init; }

    /// <summary>The argument vector, its first element (by custom the program) included.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The whole environment of the program.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public required string WorkingDirectory { get; init; }

    /// <summary>
    /// The name of the user to run as, with that user's groups; null is this process's own. Another one takes root.
    /// </summary>
    public string? User { get; init; }

    /// <summary>
    /// Whether <see cref="WorkingDirectory"/>, where it belongs to this process's user, becomes that of
    /// <see cref="User"/>.
    /// </summary>
    public bool HandOverDirectory { get; init; }

    /// <summary>Set in this order; what is not named here is inherited.</summary>
    public IReadOnlyList<ResourceLimit> Limits { get; init; } = [];

    /// <summary>Null is this process's own.</summary>
    public int? Umask { get; init; }

    /// <summary>For <c>oom_score_adj</c>; null is this process's own.</summary>
    public int? OomScoreAdjustment { get; init; }

    /// <summary>Processes of these names, in whatever case, get no SIGTERM; every other signal reaches them.</summary>
    public IReadOnlyList<string> SparedFromTerminate { get; init; } = [];

    /// <summary>What the tree gets between SIGTERM and SIGKILL when the launching process has vanished.</summary>
    public TimeSpan OrphanGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What the program reads; null is nothing. Borrowed for the call.</summary>
    public SafeFileHandle? StandardInput { get; init; }

    /// <summary>Where the program's stdout goes; null is this process's own. Borrowed for the call.</summary>
    public SafeFileHandle? StandardOutput { get; init; }

    /// <summary>Where the program's stderr goes; null is this process's own. Borrowed for the call.</summary>
    public SafeFileHandle? StandardError { get; init; }
}

/// <summary>One started program with all its descendants.</summary>
public interface ISupervisedProcess : IAsyncDisposable
{
    /// <summary>The leader: the process that the program was exec'd in.</summary>
    int Pid { get; }

    /// <summary>Completes when the leader has ended; faults never.</summary>
    Task<ProcessExit> LeaderExit { get; }

    /// <summary>
    /// Completes when no process of the tree is left; faults never. What the tree has used; null is not known.
    /// </summary>
    Task<ResourceUsage?> TreeEmpty { get; }

    /// <summary>
    /// Sends a signal to every process of the tree, race-free against forking. Returns at once; does nothing when the
    /// tree is empty. SIGKILL is repeated by the supervisor until the tree is empty.
    /// </summary>
    void Signal(int signal);
}

/// <summary>How the leader ended: an exit code, or a signal, or <see cref="Lost"/>.</summary>
/// <param name="Code">0 to 255; null when it did not exit.</param>
/// <param name="Signal">The signal's number; null when none ended it.</param>
public sealed record ProcessExit(int? Code, int? Signal, bool CoreDumped)
{
    /// <summary>
    /// How the supervisor ended, when it did before it could tell how the leader had: a phrase for people. Then the
    /// leader was killed, and with it everything that could be found of the tree.
    /// </summary>
    public string? Lost { get; init; }
}

/// <summary>What a whole tree has used, from its leader to the last orphan.</summary>
/// <param name="PeakMemory">Peak resident set size of the largest process, in bytes.</param>
public sealed record ResourceUsage(TimeSpan UserTime, TimeSpan SystemTime, long PeakMemory);

/// <summary>A program that could not be started.</summary>
/// <param name="step">What failed, a word for people: supervisor, session, user, limit, directory, exec, or what else.</param>
/// <param name="errno">The system's error number; 0 when there is none.</param>
public sealed class ProcessStartException(string step, int errno, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public string Step { get; } = step;

    public int Errno { get; } = errno;
}
