using System.Diagnostics.CodeAnalysis;
using Executor.Core.Configuration;
using Mesos;

namespace Executor.Core.Lifecycle;

/// <summary>How long a task may run, counted from TASK_RUNNING.</summary>
public static class MaximumRunTime
{
    /// <summary>For frameworks that do not know <c>TaskInfo.max_completion_time</c>, which came with Mesos 1.6.</summary>
    public const string Label = "max-completion-time";

    /// <summary>Reads the field, or the label where there is no field.</summary>
    /// <param name="limit">Null when there is none; zero is a limit too, as it is for Mesos.</param>
    /// <param name="error">Names the field or the label, its value and what is accepted.</param>
    public static bool TryRead(TaskInfo task, out TimeSpan? limit, [NotNullWhen(false)] out string? error)
    {
        limit = null;
        error = null;
        if (task.MaxCompletionTime is { } field)
        {
            if (field.Nanoseconds < 0)
                error = $"TaskInfo.max_completion_time is {field.Nanoseconds} ns: accepted is zero or more";
            else
                limit = TimeSpan.FromTicks(field.Nanoseconds / TimeSpan.NanosecondsPerTick);
        }
        else if (task.Labels?.Labels_.FirstOrDefault(label => label.Key == Label) is { } label)
        {
            if (MesosDuration.TryParse(label.Value, out var duration)) limit = duration;
            else error = $"label {Label} is \"{label.Value}\": accepted is {MesosDuration.Accepted}";
        }

        return error is null;
    }
}
