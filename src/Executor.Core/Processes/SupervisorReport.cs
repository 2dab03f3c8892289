using Executor.Core.Ports;

namespace Executor.Core.Processes;

/// <summary>What a task-supervisor tells: its frames, decoded.</summary>
internal abstract record SupervisorReport
{
    private SupervisorReport()
    {
    }

    /// <summary>The program has been exec'd in the process <paramref name="Pid"/>.</summary>
    public sealed record Started(int Pid) : SupervisorReport;

    /// <summary>Nothing runs, and the supervisor is about to exit.</summary>
    /// <param name="Detail">The resource of a limit; the wait status of a process that ended; else 0.</param>
    public sealed record Failed(StartStep Step, int Errno, int Detail = 0) : SupervisorReport;

    /// <summary>The leader has ended; its descendants may live on.</summary>
    public sealed record Exited(ProcessExit Exit) : SupervisorReport;

    /// <summary>No process of the tree is left, and the supervisor is about to exit.</summary>
    public sealed record Empty(ResourceUsage Usage) : SupervisorReport;
}

/// <summary>Where a start failed; the numbers are those of native/supervisor/protocol.h.</summary>
internal enum StartStep
{
    Supervisor = 1,
    Session = 2,
    Directory = 3,
    Exec = 4,
    User = 5,
    Limit = 6,
    OomScore = 7,
    Ended = 8,
}
