using Executor.Core.Configuration;
using Executor.Core.Hooks;
using NLog;

namespace Executor.Core.Health;

/// <summary>Checks a task's health from TASK_RUNNING until its end begins, and ends it where it fails too often.</summary>
internal sealed class HealthHook(HealthPlan plan, CheckLoop loop, ITaskControl control, Logger log) : CheckingHook(loop)
{
    private readonly HealthJudge _judge = new(plan);

    /// <inheritdoc/>
    public override string Name => "health";

    /// <inheritdoc/>
    public override bool DecidesHealth => true;

    /// <inheritdoc/>
    protected override TimeSpan OnResult(ProbeResult? result, TimeSpan age)
    {
        var error = result is null ? $"no result within {MesosDuration.Format(plan.Timing.Timeout!.Value)}" : result.Error;
        var verdict = _judge.Judge(error is null, age);
        log.Debug("{0}: {1}", Description, error ?? "passed");
        if (verdict.Healthy is { } healthy) control.ReportHealth(healthy, error is null ? null : $"{Description}: {error}");
        if (verdict.End)
            control.EndUnhealthy(FormattableString.Invariant($"unhealthy: {_judge.Failures} checks failed in a row, the last {Description}: {error}"));
        return _judge.Pause;
    }
}
