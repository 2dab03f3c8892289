using Executor.Core.Hooks;
using Mesos;

namespace Executor.Core.Health;

/// <summary>
/// Does a task's generic check (<c>TaskInfo.check</c>): what it finds is reported whenever it changes, and nothing follows
/// from it. One that finds out nothing in its time is reported with an empty status.
/// </summary>
internal sealed class CheckHook(
    CheckTiming timing, CheckStatusInfo unknown, Func<StartedTask, IProbe> probe, ITaskControl control, TimeProvider time) : TaskHook
{
    private readonly CheckLoop _loop = new(probe, timing, time);
    private CheckStatusInfo? _last;

    /// <inheritdoc/>
    public override string Name => "check";

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
        var status = result?.Status ?? unknown;
        if (!status.Equals(_last ?? unknown)) control.ReportCheck(status);
        _last = status;
        return timing.Interval;
    }
}
