using Executor.Core.Ports;

namespace Executor.Core.Lifecycle;

/// <summary>What the processes of every task get; a task's own wishes come on top.</summary>
public sealed record ProcessTraits
{
    public IReadOnlyList<ResourceLimit> Limits { get; init; } = [];

    /// <summary>Null is this process's own, which is the agent's.</summary>
    public int? Umask { get; init; }

    /// <summary>What the agent gave, where this process has changed its own; else null.</summary>
    public int? OomScoreAdjustment { get; init; }

    /// <summary>Names of processes that get no SIGTERM.</summary>
    public IReadOnlyList<string> SparedFromTerminate { get; init; } = [];
}
