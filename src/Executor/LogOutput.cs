using Executor.Core.Configuration;
using Executor.Core.Hooks;
using Executor.Core.Logs;
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

    /// <param name="mask">Hides secrets in messages and exceptions.</param>
    /// <param name="own">Where the lines go, too; null is nowhere.</param>
    public static void Configure(Settings settings, SecretMask mask, OwnLog? own)
    {
        // At the process's end it would close the target, and wait for ever where that is stuck.
        LogManager.AutoShutdown = false;
        var least = LogLevel.FromString(settings.Get(ExecutorSettings.LogLevel));
        var stderr = new StandardErrorTarget { Name = "stderr", Layout = settings.Get(ExecutorSettings.LogJson) ? Json(mask) : Text(mask) };
        var configuration = new LoggingConfiguration();
        configuration.AddRule(least, LogLevel.Fatal, Queue(stderr));
        if (own is not null) configuration.AddRule(least, LogLevel.Fatal, Queue(new OwnLogTarget(own) { Name = "own", Layout = Json(mask) }));
        LogManager.Configuration = configuration;
    }

    /// <summary>Nobody waits for the log: a reader of stderr that is stuck must not keep a kill from its task.</summary>
    private static AsyncTargetWrapper Queue(Target target) => new(target, queueLimit: 10_000, AsyncTargetWrapperOverflowAction.Discard)
    {
        TimeToSleepBetweenBatches = 0,
    };

    private static CompoundLayout Text(SecretMask mask) => new()
    {
        Layouts =
        {
            new SimpleLayout($"{Time} executor {Level} "),
            Written(line => mask.Apply(Message(line)).ReplaceLineEndings(" | ")),
        },
    };

    private static JsonLayout Json(SecretMask mask) => new()
    {
        Attributes =
        {
            new JsonAttribute("@timestamp", Time),
            new JsonAttribute("level", Level),
            new JsonAttribute("logger", "${logger}"),
            new JsonAttribute(TaskLogger.Property, $"${{event-properties:{TaskLogger.Property}}}"),
            new JsonAttribute("message", Written(line => mask.Apply(line.FormattedMessage))),
            new JsonAttribute("exception", Written(line => mask.Apply(line.Exception?.ToString() ?? ""))),
        },
    };

    /// <summary>Made by the thread that writes the log, not by the one that has something to say.</summary>
    private static Layout Written(Func<LogEventInfo, string> text) => Layout.FromMethod(text, LayoutRenderOptions.ThreadAgnostic);

    private static string Message(LogEventInfo line)
    {
        var task = line.Properties.TryGetValue(TaskLogger.Property, out var id) ? $"task {id}: " : "";
        return $"{task}{line.FormattedMessage}{(line.Exception is { } exception ? $" {exception}" : "")}";
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
