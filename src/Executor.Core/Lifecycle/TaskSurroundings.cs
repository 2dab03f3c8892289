using Executor.Core.Hooks;
using Executor.Core.Ports;

namespace Executor.Core.Lifecycle;

/// <summary>What a task's supervision needs of the executor around it.</summary>
internal sealed record TaskSurroundings
{
    public required IProcessLauncher Launcher { get; init; }

    public required TaskReporter Reporter { get; init; }

    public required TimeProvider Time { get; init; }

    public required ExecutorIdentity Identity { get; init; }

    public required string Sandbox { get; init; }

    /// <summary>This process's.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public required ProcessTraits Traits { get; init; }

    /// <inheritdoc cref="ExecutorHostOptions.Withheld"/>
    public required Func<TaskLabels, IReadOnlyCollection<string>> Withheld { get; init; }

    /// <summary>Whether the framework knows TASK_KILLING.</summary>
    public required bool ReportsKilling { get; init; }
}
