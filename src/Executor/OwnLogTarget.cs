using Executor.Core.Logs;
using NLog;
using NLog.Targets;

namespace Executor;

/// <summary>Hands the executor's own lines to what ships the tasks' output.</summary>
internal sealed class OwnLogTarget(OwnLog own) : TargetWithLayout
{
    protected override void Write(LogEventInfo logEvent) => own.Add(RenderLogEvent(Layout, logEvent));
}
