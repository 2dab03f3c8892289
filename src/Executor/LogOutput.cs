using Executor.Core.Configuration;
using Executor.Core.Lifecycle;
using NLog;
using NLog.Config;
using NLog.Layouts;
using NLog.Targets;
using NLog.Targets.Wrappers;

namespace Executor;

/// <summary>The executor's own log: stderr, one line per event. Configured in code: trimming keeps only what is named.</summary>
internal static class LogOutput
{
    private const string Time = "${date:universalTime=true:format=yyyy-MM-ddTHH\\:mm\\:ss.fffZ}";
    private const string Level = "${level:lowercase=true}";

    public static void Configure(Settings settings)
    {
        // At the process's end it would close the target, and wait for ever where that is stuck.
        LogManager.AutoShutdown = false;
        var target = new ConsoleTarget("stderr") { StdErr = true, Layout = settings.Get(ExecutorSettings.LogJson) ? Json() : Text() };
        // Nobody waits for the log: a reader of stderr that is stuck must not keep a kill from its task.
        var queue = new AsyncTargetWrapper(target, queueLimit: 10_000, AsyncTargetWrapperOverflowAction.Discard)
        {
            TimeToSleepBetweenBatches = 0,
        };
        var configuration = new LoggingConfiguration();
        configuration.AddRule(LogLevel.FromString(settings.Get(ExecutorSettings.LogLevel)), LogLevel.Fatal, queue);
        LogManager.Configuration = configuration;
    }

    private static SimpleLayout Text()
    {
        var task = $"${{event-properties:{TaskLogger.Property}}}";
        return $"{Time} executor {Level} "
            + $"${{replace-newlines:replacement= | :${{when:when='{task}'!='':inner=task {task}\\: }}${{message}}${{onexception:inner= ${{exception:format=tostring}}}}}}";
    }

    private static JsonLayout Json() => new()
    {
        Attributes =
        {
            new JsonAttribute("@timestamp", Time),
            new JsonAttribute("level", Level),
            new JsonAttribute("logger", "${logger}"),
            new JsonAttribute(TaskLogger.Property, $"${{event-properties:{TaskLogger.Property}}}"),
            new JsonAttribute("message", "${message}"),
            new JsonAttribute("exception", "${exception:format=tostring}"),
        },
    };

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
