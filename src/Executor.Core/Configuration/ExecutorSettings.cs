using Executor.Core.Ports;

namespace Executor.Core.Configuration;

/// <summary>Which driver to take.</summary>
public enum DriverChoice
{
    Auto,
    Managed,
    Libmesos,
}

/// <summary>The settings of the executor itself; each feature has its own beside it.</summary>
public static class ExecutorSettings
{
    private const int LargestUmask = 0x1ff; // 0777

    public static readonly Setting<DriverChoice> Driver = Setting.Choice(
        "EXECUTOR_DRIVER", DriverChoice.Auto,
        "The way to the agent: libmesos is the host's own library, managed the protocol spoken by the executor itself, auto is libmesos where one is found and can be used.");

    public static readonly Setting<string?> Libmesos = Setting.Text(
        "EXECUTOR_LIBMESOS", "an absolute path, or a file name for the loader to find",
        "The libmesos to use, looked for first; then MESOS_NATIVE_LIBRARY, MESOS_NATIVE_JAVA_LIBRARY, the loader's path, /usr/lib and /usr/local/lib.",
        value => value[0] == '/' || !value.Contains('/'));

    /// <summary>A name that NLog knows.</summary>
    public static readonly Setting<string> LogLevel = Setting.Choice(
        "EXECUTOR_LOG_LEVEL", ["trace", "debug", "info", "warn", "error", "off"], "info",
        "How much the executor writes to its stderr.");

    public static readonly Setting<bool> LogJson = Setting.Flag(
        "EXECUTOR_LOG_JSON", false,
        "Write the executor's log as JSON, one object per line: @timestamp, level, logger, message, and where they apply task and exception.");

    public static readonly Setting<bool> AnyAgentAddress = Setting.Flag(
        "EXECUTOR_ANY_AGENT_ADDRESS", false,
        "Managed driver: accept the agent's messages from any address: for networks where the agent's connections come from another one.");

    public static readonly Setting<IReadOnlyList<ResourceLimit>> Rlimits = new(
        "EXECUTOR_RLIMITS", "", ResourceLimit.Accepted,
        $"Resource limits of every task, e.g. nofile=1024:4096,core=0; RLimitInfo of the executor's and then of the task's container comes on top, and the rest is as the agent gave it. Names: {string.Join(", ", ResourceLimit.Names)}.",
        (string text, out IReadOnlyList<ResourceLimit> value) => ResourceLimit.TryParse(text, out value, out _))
    {
        None = [],
        Explain = text => ResourceLimit.TryParse(text, out _, out var error) ? null : error,
    };

    public static readonly Setting<int?> Umask = new(
        "EXECUTOR_UMASK", "", "an octal number, 0 to 777",
        "The umask of every task; without it, the agent's.",
        TryParseUmask);

    /// <summary>Of this process and its supervisors, not of the tasks.</summary>
    public static readonly Setting<int?> OomScoreAdjustment = Setting.Number(
        "EXECUTOR_OOM_SCORE_ADJ", null, -1000, 1000,
        "oom_score_adj of the executor and its supervisors, so that the kernel ends them later than their task; the task gets back what the agent gave. Below that takes root.");

    public static readonly Setting<IReadOnlyList<string>> SigtermExclude = Setting.List(
        "EXECUTOR_SIGTERM_EXCLUDE", "process names",
        "Processes of a task that get no SIGTERM when it ends, because they have to outlive the others: with all that they have started they run on until SIGKILL. A name is that of /proc/PID/comm, its first 15 characters, in whatever case.");

    public static readonly Setting<TimeSpan> IdleExit = Setting.Duration(
        "EXECUTOR_IDLE_EXIT", "0secs",
        "How long the executor stays without a task after its last one has ended, for frameworks that give one executor several; an executor that was never given one leaves after this or 1 min, whichever is longer.");

    public static IReadOnlyList<Setting> All { get; } =
    [
        Driver, Libmesos, LogLevel, LogJson, AnyAgentAddress, Rlimits, Umask, OomScoreAdjustment, SigtermExclude, IdleExit,
    ];

    private static bool TryParseUmask(string text, out int? umask)
    {
        umask = null;
        if (text.Length is 0 or > 4 || text.AsSpan().ContainsAnyExceptInRange('0', '7')) return false;
        umask = Convert.ToInt32(text, fromBase: 8);
        return umask <= LargestUmask;
    }
}
