namespace Executor.Core.Health;

/// <summary>How a task's health is found out.</summary>
public sealed record HealthPlan
{
    public required ProbePlan Probe { get; init; }

    public required CheckTiming Timing { get; init; }

    /// <summary>From TASK_RUNNING: failures do not count until then, or until the first success. Includes the delay.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>This many in a row end the task; 0 never does.</summary>
    public required int MostFailures { get; init; }

    /// <summary>This many in a row make it healthy.</summary>
    public int LeastSuccesses { get; init; } = 1;

    /// <summary>Instead of the interval, where it is shorter, until the task is healthy for the first time.</summary>
    public required TimeSpan StartInterval { get; init; }
}
