using System.Text;
using Executor.Core.Logs;
using NLog;
using NLog.Targets;

namespace Executor;

/// <summary>
/// Writes lines to descriptor 2 as it is at that moment. The console's stream has a copy of its own, which would stay with
/// the old file when the sandbox's stderr is rotated.
/// </summary>
internal sealed class StandardErrorTarget : TargetWithLayout
{
    protected override void Write(LogEventInfo logEvent) =>
        StandardError.Write(Encoding.UTF8.GetBytes(RenderLogEvent(Layout, logEvent) + "\n"));
}
