using Executor.Core.Configuration;
using Executor.Core.Hooks;
using NLog;

namespace Executor.Core.Health;

/// <summary>Checks a task's health from TASK_RUNNING until its end begins, and ends it where it fails too often.</summary>
/// <param name="probe">Makes the probe for the process that runs.</param>
internal sealed class HealthHook(
    HealthPlan plan, Func<StartedTask, IProbe> probe, ITaskControl control, TimeProvider time, Logger log) : TaskHook
{
    private readonly HealthJudge _judge = new(plan);
    private readonly CheckLoop _loop = new(probe, plan.Timing, time);

    /// <inheritdoc/>
    public override string Name => "health";

    /// <inheritdoc/>
    public override bool DecidesHealth => true;

    /// <inheritdoc/>
    public override Task AfterStartAsync(StartedTask started, CancellationToken cancellationToken)
    {
        _loop.Start(started, OnResult);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override void OnEndBegun() => _loop.Stop();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        await base.DisposeAsync();
    }

    private TimeSpan OnResult(ProbeResult? result, TimeSpan age)
    {
        var error = result is null ? $"no result within {MesosDuration.Format(plan.Timing.Timeout!.Value)}" : result.Error;
        var verdict = _judge.Judge(error is null, age);
        log.Debug("{0}: {1}", _loop.Description, error ?? "passed");
        if (verdict.Healthy is { } healthy) control.ReportHealth(healthy, error is null ? null : $"{_loop.Description}: {error}");
        if (verdict.End)
            control.EndUnhealthy(FormattableString.Invariant($"unhealthy: {_judge.Failures} checks failed in a row, the last {_loop.Description}: {error}"));
        return _judge.Pause;
    }
}
