using Executor.Core.Ports;
using Mesos;
using NLog;

namespace Executor.Core.Hooks;

/// <summary>What makes the hooks of every task, and what is the same for all of them.</summary>
public sealed record HookFactories
{
    /// <summary>The order is that of the stages on the way up.</summary>
    public IReadOnlyList<HookFactory> All { get; init; } = [];

    public HookLimits Limits { get; init; } = new();

    /// <summary>Between a finished Withdraw and SIGTERM; a task's label <c>drain</c> wins.</summary>
    public TimeSpan Drain { get; init; }

    public HookCounts Counts { get; } = new();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <exception cref="InvalidTaskException">What the task asks for makes no sense.</exception>
    internal HookPipeline Create(
        TaskInfo task, TaskLabels labels, ProcessDescription process, IReadOnlySet<string> appVariables, ExecutorIdentity executor,
        ITaskControl control, Logger log)
    {
        var hooked = new HookedTask
        {
            Info = task,
            Labels = labels,
            Executor = executor,
            Process = process,
            AppVariables = appVariables,
            Control = control,
        };
        return new HookPipeline(
            task.TaskId.Value, [.. All.Select(factory => factory(hooked)).OfType<TaskHook>()], Limits, Counts, Time, log);
    }
}
