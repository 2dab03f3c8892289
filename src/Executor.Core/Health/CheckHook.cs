using Executor.Core.Hooks;
using Mesos;

namespace Executor.Core.Health;

/// <summary>
/// Does a task's generic check (<c>TaskInfo.check</c>): what it finds is reported whenever it changes, and nothing follows
/// from it. One that finds out nothing in its time is reported with an empty status.
/// </summary>
internal sealed class CheckHook(
    CheckTiming timing, CheckStatusInfo unknown, CheckLoop loop, ITaskControl control) : CheckingHook(loop)
{
    private CheckStatusInfo? _last;

    /// <inheritdoc/>
    public override string Name => "check";

    /// <inheritdoc/>
    protected override TimeSpan OnResult(ProbeResult? result, TimeSpan age)
    {
        var status = result?.Status is { HasType: true } found ? found : unknown;
        if (!status.Equals(_last ?? unknown)) control.ReportCheck(status);
        _last = status;
        return timing.Interval;
    }
}
