using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Executor.Core.Ports;

namespace Executor.Core.Configuration;

/// <summary>Which driver to take.</summary>
public enum DriverChoice
{
    Auto,
    Managed,
    Libmesos,
}

/// <summary>The executor's settings, read from EXECUTOR_ variables, each checked.</summary>
public sealed record ExecutorSettings
{
    public const string Prefix = "EXECUTOR_";

    private const int LargestUmask = 0x1ff; // 0777

    public static readonly Setting DriverSetting = Setting.Choice(
        "EXECUTOR_DRIVER", ["auto", "managed", "libmesos"], "auto",
        "The way to the agent: libmesos is the host's own library, managed the protocol spoken by the executor itself, auto is libmesos where one is found and can be used.");

    public static readonly Setting LibmesosSetting = new(
        "EXECUTOR_LIBMESOS", "", "an absolute path, or a file name for the loader to find",
        "The libmesos to use, looked for first; then MESOS_NATIVE_LIBRARY, MESOS_NATIVE_JAVA_LIBRARY, the loader's path, /usr/lib and /usr/local/lib.",
        value => value[0] == '/' || !value.Contains('/'));

    public static readonly Setting LogLevelSetting = Setting.Choice(
        "EXECUTOR_LOG_LEVEL", ["trace", "debug", "info", "warn", "error", "off"], "info",
        "How much the executor writes to its stderr.");

    public static readonly Setting LogJsonSetting = Setting.Choice(
        "EXECUTOR_LOG_JSON", ["true", "false"], "false",
        "Write the executor's log as JSON, one object per line: @timestamp, level, logger, message, and where they apply task and exception.");

    public static readonly Setting AnyAgentAddressSetting = Setting.Choice(
        "EXECUTOR_ANY_AGENT_ADDRESS", ["true", "false"], "false",
        "Managed driver: accept the agent's messages from any address: for networks where the agent's connections come from another one.");

    public static readonly Setting RlimitsSetting = new(
        "EXECUTOR_RLIMITS", "", ResourceLimit.Accepted,
        $"Resource limits of every task, e.g. nofile=1024:4096,core=0; RLimitInfo of the executor's and then of the task's container comes on top, and the rest is as the agent gave it. Names: {string.Join(", ", ResourceLimit.Names)}.",
        value => ResourceLimit.TryParse(value, out _, out _));

    public static readonly Setting UmaskSetting = new(
        "EXECUTOR_UMASK", "", "an octal number, 0 to 777",
        "The umask of every task; without it, the agent's.",
        value => TryParseOctal(value, out _));

    public static readonly Setting OomScoreSetting = Setting.Number(
        "EXECUTOR_OOM_SCORE_ADJ", -1000, 1000,
        "oom_score_adj of the executor and its supervisors, so that the kernel ends them later than their task; the task gets back what the agent gave. Below that takes root.");

    public static readonly Setting SigtermExcludeSetting = new(
        "EXECUTOR_SIGTERM_EXCLUDE", "", "process names, separated by commas",
        "Processes of a task that get no SIGTERM when it ends, because they have to outlive the others: they run on until SIGKILL. A name is that of /proc/PID/comm, its first 15 characters, in whatever case.",
        value => Names(value).Length > 0);

    public static readonly Setting IdleExitSetting = new(
        "EXECUTOR_IDLE_EXIT", "0secs", MesosDuration.Accepted,
        "How long the executor stays without a task after its last one has ended, for frameworks that give one executor several; an executor that was never given one leaves after this or 1 min, whichever is longer.",
        value => MesosDuration.TryParse(value, out _));

    /// <summary>Every variable there is.</summary>
    public static readonly IReadOnlyList<Setting> All =
    [
        DriverSetting, LibmesosSetting, LogLevelSetting, LogJsonSetting, AnyAgentAddressSetting, RlimitsSetting,
        UmaskSetting, OomScoreSetting, SigtermExcludeSetting, IdleExitSetting,
    ];

    public DriverChoice Driver { get; private init; }

    /// <summary>A name that NLog knows.</summary>
    public string LogLevel { get; private init; } = "";

    public bool LogJson { get; private init; }

    public bool AnyAgentAddress { get; private init; }

    public IReadOnlyList<ResourceLimit> Limits { get; private init; } = [];

    public int? Umask { get; private init; }

    /// <summary>Of this process and its supervisors, not of the tasks.</summary>
    public int? OomScoreAdjustment { get; private init; }

    public IReadOnlyList<string> SigtermExclude { get; private init; } = [];

    public TimeSpan IdleExit { get; private init; }

    /// <summary>Reads the settings.</summary>
    /// <param name="environment">This process's environment.</param>
    /// <param name="error">One line naming the variable, its value and what is accepted.</param>
    public static bool TryRead(
        IReadOnlyDictionary<string, string> environment,
        [NotNullWhen(true)] out ExecutorSettings? settings,
        [NotNullWhen(false)] out string? error)
    {
        settings = null;
        error = null;
        foreach (var setting in All)
        {
            var value = Value(environment, setting);
            if (value.Length == 0 || setting.Accepts(value)) continue;
            error = $"{setting.Name} is \"{value}\": accepted: {setting.Accepted}{Detail(setting, value)}";
            return false;
        }

        settings = new ExecutorSettings
        {
            Driver = Enum.Parse<DriverChoice>(Value(environment, DriverSetting), ignoreCase: true),
            LogLevel = Value(environment, LogLevelSetting),
            LogJson = Value(environment, LogJsonSetting) == "true",
            AnyAgentAddress = Value(environment, AnyAgentAddressSetting) == "true",
            Limits = ResourceLimit.TryParse(Value(environment, RlimitsSetting), out var limits, out _) ? limits : [],
            Umask = TryParseOctal(Value(environment, UmaskSetting), out var umask) ? umask : null,
            OomScoreAdjustment = Value(environment, OomScoreSetting) is { Length: > 0 } score
                ? int.Parse(score, CultureInfo.InvariantCulture) : null,
            SigtermExclude = Names(Value(environment, SigtermExcludeSetting)),
            IdleExit = Duration(environment, IdleExitSetting),
        };
        return true;
    }

    /// <summary>EXECUTOR_ variables that no setting reads: misspelt, or of another version.</summary>
    public static IEnumerable<string> Unknown(IReadOnlyDictionary<string, string> environment) =>
        environment.Keys
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && All.All(s => s.Name != name))
            .Order(StringComparer.Ordinal);

    /// <summary>The value in force, and whether the environment or the default gave it.</summary>
    public static (string Value, string Source) Effective(
        IReadOnlyDictionary<string, string> environment, Setting setting) =>
        environment.TryGetValue(setting.Name, out var given) && given.Length > 0
            ? (given, "environment")
            : (setting.Default, "default");

    private static string Detail(Setting setting, string value) =>
        setting == RlimitsSetting && !ResourceLimit.TryParse(value, out _, out var detail) ? $"; {detail}" : "";

    private static bool TryParseOctal(string text, out int number)
    {
        number = 0;
        if (text.Length is 0 or > 4 || text.AsSpan().ContainsAnyExceptInRange('0', '7')) return false;
        number = Convert.ToInt32(text, fromBase: 8);
        return number <= LargestUmask;
    }

    private static string[] Names(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static TimeSpan Duration(IReadOnlyDictionary<string, string> environment, Setting setting) =>
        MesosDuration.TryParse(Value(environment, setting), out var duration) ? duration : TimeSpan.Zero;

    private static string Value(IReadOnlyDictionary<string, string> environment, Setting setting) =>
        Effective(environment, setting).Value;
}
