using Executor.Core.Hooks;
using Executor.Core.Ports;
using Mesos;

namespace Executor.Core.Lifecycle;

/// <summary>What can happen to a task; each comes to its supervision as one of these.</summary>
internal abstract record TaskMessage
{
    private TaskMessage()
    {
    }

    /// <summary>Someone asks for the end.</summary>
    /// <param name="Shutdown">What the end may take where the executor has to go; null is all that its steps may.</param>
    public sealed record EndRequested(EndRequest Request, string Why, ShutdownTimes? Shutdown = null) : TaskMessage;

    /// <param name="Description">What was started; it holds secrets, and is not kept.</param>
    public sealed record Started(ISupervisedProcess Process, ProcessDescription Description) : TaskMessage;

    /// <param name="Error">Null when the launch was cancelled.</param>
    public sealed record NotStarted(string? Error) : TaskMessage;

    /// <summary>A stage on the way up is over.</summary>
    /// <param name="Error">Null where there is none.</param>
    public sealed record StageDone(HookStage Stage, string? Error) : TaskMessage;

    public sealed record HealthReported(bool Healthy, string? Text) : TaskMessage;

    public sealed record CheckReported(CheckStatusInfo Status) : TaskMessage;

    /// <summary>Nothing is left to do before the first signal.</summary>
    public sealed record Retreated : TaskMessage;

    public sealed record LeaderExited(ProcessExit Exit) : TaskMessage;

    public sealed record TreeEmptied(ResourceUsage? Usage) : TaskMessage;

    /// <summary>A deadline was reached, or nearly: the deadline itself knows.</summary>
    public sealed record TimeOver(Deadline Deadline) : TaskMessage;
}
