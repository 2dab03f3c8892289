using NLog;
using NLog.Config;
using NLog.Targets;

namespace Executor;

/// <summary>The executor's own log: stderr, one line per event. Configured in code: trimming keeps only what is named.</summary>
internal static class LogOutput
{
    public static void Configure(string level)
    {
        var target = new ConsoleTarget("stderr")
        {
            StdErr = true,
            Layout = "${date:universalTime=true:format=yyyy-MM-ddTHH\\:mm\\:ss.fffZ} executor ${level:lowercase=true} "
                + "${replace-newlines:replacement= | :${message}${onexception:inner= ${exception:format=tostring}}}",
        };
        var configuration = new LoggingConfiguration();
        configuration.AddRule(LogLevel.FromString(level), LogLevel.Fatal, target);
        LogManager.Configuration = configuration;
    }
}
