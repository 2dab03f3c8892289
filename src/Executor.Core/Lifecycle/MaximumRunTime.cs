using Executor.Core.Configuration;
using Executor.Core.Hooks;
using Mesos;

namespace Executor.Core.Lifecycle;

/// <summary>How long a task may run, counted from TASK_RUNNING.</summary>
public static class MaximumRunTime
{
    /// <summary>For frameworks that do not know <c>TaskInfo.max_completion_time</c>, which came with Mesos 1.6.</summary>
    public static readonly Setting<TimeSpan> Label = Setting.Duration(
        "max-completion-time", "",
        "How long the task may run, counted from TASK_RUNNING, where TaskInfo.max_completion_time does not say it; then it is ended with no grace, as TASK_FAILED.") with
    { Example = "90mins" };

    /// <summary>The field, or the label where there is no field; null when there is none, and zero is a limit too, as it is for Mesos.</summary>
    /// <exception cref="InvalidTaskException">It is negative, or no duration.</exception>
    public static TimeSpan? Of(TaskInfo task, TaskLabels labels)
    {
        if (task.MaxCompletionTime is not { } field) return labels.Has(Label) ? labels.Get(Label) : null;
        return field.Nanoseconds >= 0
            ? TimeSpan.FromTicks(field.Nanoseconds / TimeSpan.NanosecondsPerTick)
            : throw new InvalidTaskException(
                $"TaskInfo.max_completion_time is {field.Nanoseconds} ns: accepted is zero or more");
    }
}
