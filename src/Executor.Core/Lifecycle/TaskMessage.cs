using Executor.Core.Ports;

namespace Executor.Core.Lifecycle;

/// <summary>What can happen to a task; each comes to its supervision as one of these.</summary>
internal abstract record TaskMessage
{
    private TaskMessage()
    {
    }

    /// <summary>Someone asks for the end.</summary>
    /// <param name="Grace">The most that may pass between SIGTERM and SIGKILL, counted from now.</param>
    public sealed record EndRequested(EndRequest Request, string Why, TimeSpan Grace) : TaskMessage;

    public sealed record Started(ISupervisedProcess Process) : TaskMessage;

    /// <param name="Error">Null when the launch was cancelled.</param>
    public sealed record NotStarted(string? Error) : TaskMessage;

    public sealed record LeaderExited(ProcessExit Exit) : TaskMessage;

    public sealed record TreeEmptied : TaskMessage;

    /// <summary>A deadline was reached, or nearly: the deadline itself knows.</summary>
    public sealed record TimeOver(Deadline Deadline) : TaskMessage;
}
