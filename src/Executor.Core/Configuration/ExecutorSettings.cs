namespace Executor.Core.Configuration;

/// <summary>Which driver to take.</summary>
public enum DriverChoice
{
    Auto,
    Managed,
    Libmesos,
}

/// <summary>The settings of the executor itself: its way to the agent, its log, its stay.</summary>
public static class ExecutorSettings
{
    public static readonly Setting<DriverChoice> Driver = Setting.Choice(
        "EXECUTOR_DRIVER", DriverChoice.Auto,
        "The way to the agent: libmesos is the host's own library, managed the protocol spoken by the executor itself, auto is libmesos where one is found and can be used, else managed, with one line in the log that says why. With libmesos and no usable library: exit code 1.");

    public static readonly Setting<string?> Libmesos = Setting.Text(
        "EXECUTOR_LIBMESOS", "an absolute path, or a file name for the loader to find",
        "The libmesos to use. Looked for first; then MESOS_NATIVE_LIBRARY, MESOS_NATIVE_JAVA_LIBRARY, the loader's path, /usr/lib and /usr/local/lib. The first file that exists is the one.",
        value => value[0] == '/' || !value.Contains('/')) with
    { Example = "/usr/lib/libmesos.so" };

    public static readonly Setting<bool> AnyAgentAddress = Setting.Flag(
        "EXECUTOR_ANY_AGENT_ADDRESS", false,
        "Managed driver: accept the agent's messages from any address: for networks where the agent's connections come from another one.");

    /// <summary>A name that NLog knows.</summary>
    public static readonly Setting<string> LogLevel = Setting.Choice(
        "EXECUTOR_LOG_LEVEL", ["trace", "debug", "info", "warn", "error", "off"], "info",
        "How much the executor writes to its stderr.") with
    { Example = "debug" };

    public static readonly Setting<bool> LogJson = Setting.Flag(
        "EXECUTOR_LOG_JSON", false,
        "Write the executor's log as JSON, one object per line: @timestamp, level, logger, message, and where they apply task and exception.");

    /// <summary>Of this process and its supervisors, not of the tasks.</summary>
    public static readonly Setting<int?> OomScoreAdjustment = Setting.Number(
        "EXECUTOR_OOM_SCORE_ADJ", null, -1000, 1000,
        "oom_score_adj of the executor and its supervisors, so that the kernel ends them later than their task; the task gets back what the agent gave. Going below that takes root with CAP_SYS_RESOURCE; where it is refused, a warning in the log and nothing changes.") with
    { Example = "-500" };

    public static readonly Setting<TimeSpan> IdleExit = Setting.Duration(
        "EXECUTOR_IDLE_EXIT", "0secs",
        "How long the executor stays without a task after its last one has ended: for frameworks that give one executor several. At once is right for Marathon, whose executors have one task each. An executor that was registered and never given a task leaves after this or 1 min, whichever is longer.") with
    { Example = "5mins" };

    public static IReadOnlyList<Setting> All { get; } = [Driver, Libmesos, AnyAgentAddress, LogLevel, LogJson, OomScoreAdjustment, IdleExit];
}
