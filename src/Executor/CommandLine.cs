using Executor.Core;
using Executor.Core.Configuration;

namespace Executor;

/// <summary>
/// What the executor's own arguments ask for. Under an agent they are a task's command and never options: an app's
/// cmd may well be <c>--help</c>.
/// </summary>
internal static class CommandLine
{
    public static string Version { get; } = typeof(CommandLine).Assembly.GetName().Version!.ToString(3);

    /// <summary>Does what an option asks for.</summary>
    /// <returns>The exit code; null where no option is given, and the executor is to run.</returns>
    public static int? Answer(
        IReadOnlyDictionary<string, string> environment, string[] arguments, TextWriter output, TextWriter errors)
    {
        switch (arguments)
        {
            case ["--help" or "-h"]:
                output.Write(Help());
                return 0;
            case ["--version"]:
                output.WriteLine($"executor {Version}");
                return 0;
            case ["--print-config"]:
                if (!AllSettings.TryRead(environment, out _, out var error))
                {
                    errors.WriteLine($"executor: {error}");
                    return 2;
                }

                foreach (var name in AllSettings.Unknown(environment)) errors.WriteLine($"executor: {NoSetting(name)}");
                output.Write(Configuration(environment));
                return 0;
            case ["--help" or "-h" or "--version" or "--print-config", var more, ..]:
                errors.WriteLine($"executor: unknown argument \"{more}\": accepted is {arguments[0]} alone");
                return 2;
            case [['-', ..] option, ..]:
                errors.WriteLine($"executor: unknown option \"{option}\": accepted are --help, --version, --print-config");
                return 2;
            default:
                return null;
        }
    }

    /// <summary>What is said of an EXECUTOR_ variable that no setting reads.</summary>
    public static string NoSetting(string name) => $"{name} is not a setting of this executor and does nothing";

    public static string Help()
    {
        var settings = AllSettings.Topics.Select(topic =>
            $"{topic.Title}:\n{string.Concat(topic.Settings.Select(Entry))}{string.Concat(topic.Labels.Select(label => Entry(label, "label ")))}\n");
        return $"""
            executor {Version}: runs one task of Apache Mesos, over the v0 executor API.

            A Mesos agent starts it, with MESOS_* variables in its environment; name it as the
            executor of a Marathon app. To run an app without a cluster: executorctl run APP.json

            Usage:
              executor [COMMAND [ARGUMENT...]]   under an agent: the command of a task that brings none
              executor --help | --version | --print-config

            Exit status:
              0  every task has ended and the agent knows it, or none came
              1  the driver cannot be started, or failed
              2  a setting or an option is not accepted

            Settings are environment variables, of the agent or of an app; labels are an app's.

            {string.Concat(settings).TrimEnd()}

            """;
    }

    private static string Entry(Setting setting) => Entry(setting, "");

    private static string Entry(Setting setting, string kind) =>
        $"  {kind}{setting.Name}\n      {AllSettings.Describe(setting)}\n      Accepted: {setting.Accepted}. Default: {setting.DefaultText}. Example: {setting.Example}\n";

    /// <summary>The effective settings, each with where it came from.</summary>
    public static string Configuration(IReadOnlyDictionary<string, string> environment) =>
        string.Concat(AllSettings.Table.Select(setting =>
        {
            var (value, source) = Settings.Effective(environment, setting);
            return $"{setting.Name}={setting.Shown(value)}  # {source}\n";
        }));
}
