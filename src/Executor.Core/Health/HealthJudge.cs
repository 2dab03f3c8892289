namespace Executor.Core.Health;

/// <summary>What one result of a check means.</summary>
/// <param name="Healthy">What has to be reported; null is nothing.</param>
/// <param name="End">Whether the task has failed too often.</param>
public readonly record struct HealthVerdict(bool? Healthy, bool End);

/// <summary>
/// Judges the results of one task's checks, one after the other. Failures within the grace mean nothing until the first
/// success, which ends the grace (<c>mesos.proto</c>, HealthCheck); from then on each is reported. A success is reported
/// when it changes something. The quick checks of a start count no more failures than the interval would have seen, so
/// that they cannot end a slow task early.
/// </summary>
public sealed class HealthJudge(HealthPlan plan)
{
    private bool? _healthy;
    private bool _everPassed;
    private bool _everHealthy;
    private int _successes;
    private TimeSpan? _lastCounted;

    /// <summary>How many counted failures there were in a row.</summary>
    public int Failures { get; private set; }

    /// <summary>The pause until the next check.</summary>
    public TimeSpan Pause =>
        _everHealthy || plan.Timing.Interval < plan.StartInterval ? plan.Timing.Interval : plan.StartInterval;

    /// <param name="age">Of the task, from TASK_RUNNING to the end of the check; on the monotonic clock.</param>
    public HealthVerdict Judge(bool passed, TimeSpan age) => passed ? OnSuccess() : OnFailure(age);

    private HealthVerdict OnSuccess()
    {
        _everPassed = true;
        Failures = 0;
        _lastCounted = null;
        if (_healthy == true || ++_successes < plan.LeastSuccesses) return default;
        _healthy = _everHealthy = true;
        return new HealthVerdict(true, End: false);
    }

    private HealthVerdict OnFailure(TimeSpan age)
    {
        _successes = 0;
        if (!_everPassed && age <= plan.Grace) return default;
        if (!_everHealthy && _lastCounted is { } last && age - last < plan.Timing.Interval) return default;
        _lastCounted = age;
        _healthy = false;
        Failures++;
        return new HealthVerdict(false, End: plan.MostFailures > 0 && Failures >= plan.MostFailures);
    }
}
