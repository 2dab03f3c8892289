using NLog;
using NLog.Config;
using NLog.Targets;
using NLog.Targets.Wrappers;

namespace Executor;

/// <summary>The executor's own log: stderr, one line per event. Configured in code: trimming keeps only what is named.</summary>
internal static class LogOutput
{
    public static void Configure(string level)
    {
        // At the process's end it would close the target, and wait for ever where that is stuck.
        LogManager.AutoShutdown = false;
        var target = new ConsoleTarget("stderr")
        {
            StdErr = true,
            Layout = "${date:universalTime=true:format=yyyy-MM-ddTHH\\:mm\\:ss.fffZ} executor ${level:lowercase=true} "
                + "${replace-newlines:replacement= | :${message}${onexception:inner= ${exception:format=tostring}}}",
        };
        // Nobody waits for the log: a reader of stderr that is stuck must not keep a kill from its task.
        var queue = new AsyncTargetWrapper(target, queueLimit: 10_000, AsyncTargetWrapperOverflowAction.Discard)
        {
            TimeToSleepBetweenBatches = 0,
        };
        var configuration = new LoggingConfiguration();
        configuration.AddRule(LogLevel.FromString(level), LogLevel.Fatal, queue);
        LogManager.Configuration = configuration;
    }

    /// <summary>Writes what is queued, as far as that goes within a second.</summary>
    public static void Flush()
    {
        try
        {
            LogManager.Flush(TimeSpan.FromSeconds(1));
        }
        catch (NLogRuntimeException)
        {
            // The reader of stderr is stuck, and leaving is worth more than the last lines.
        }
    }
}
