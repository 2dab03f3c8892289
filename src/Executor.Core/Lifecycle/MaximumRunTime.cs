using Executor.Core.Hooks;
using Mesos;

namespace Executor.Core.Lifecycle;

/// <summary>How long a task may run, counted from TASK_RUNNING.</summary>
public static class MaximumRunTime
{
    /// <summary>For frameworks that do not know <c>TaskInfo.max_completion_time</c>, which came with Mesos 1.6.</summary>
    public const string Label = "max-completion-time";

    /// <summary>The field, or the label where there is no field; null when there is none, and zero is a limit too, as it is for Mesos.</summary>
    /// <exception cref="InvalidTaskException">It is negative, or no duration.</exception>
    public static TimeSpan? Of(TaskInfo task, TaskLabels labels)
    {
        if (task.MaxCompletionTime is not { } field) return labels.Duration(Label);
        return field.Nanoseconds >= 0
            ? TimeSpan.FromTicks(field.Nanoseconds / TimeSpan.NanosecondsPerTick)
            : throw new InvalidTaskException(
                $"TaskInfo.max_completion_time is {field.Nanoseconds} ns: accepted is zero or more");
    }
}
