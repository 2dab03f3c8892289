namespace Executor.Core.Lifecycle;

/// <summary>The environment a task starts with.</summary>
public static class TaskEnvironment
{
    /// <summary>
    /// Names that an agent sets for an executor and that would mislead a task which is a framework or an executor
    /// itself. MESOS_SANDBOX, MESOS_DIRECTORY, MESOS_TASK_ID and the library's path stay: tasks use them.
    /// </summary>
    private static readonly HashSet<string> ExecutorOnly = new(StringComparer.Ordinal)
    {
        "MESOS_AGENT_ENDPOINT",
        "MESOS_CHECKPOINT",
        "MESOS_DOMAIN_SOCKET",
        "MESOS_EXECUTOR_AUTHENTICATION_TOKEN",
        "MESOS_EXECUTOR_ID",
        "MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD",
        "MESOS_FRAMEWORK_ID",
        "MESOS_HTTP_COMMAND_EXECUTOR",
        "MESOS_LOCAL",
        "MESOS_RECOVERY_TIMEOUT",
        "MESOS_SLAVE_ID",
        "MESOS_SLAVE_PID",
        "MESOS_SUBSCRIPTION_BACKOFF_MAX",
    };

    /// <summary>
    /// What the agent and the app gave, less what is the executor's own, plus what came with the command. Agents
    /// before 0.25 know no MESOS_SANDBOX; tasks get it all the same.
    /// </summary>
    /// <param name="own">This process's environment.</param>
    /// <param name="withheld">Names that the task does not get, whoever gives them.</param>
    public static Dictionary<string, string> Build(
        IReadOnlyDictionary<string, string> own, TaskCommand command, string sandbox, IReadOnlyCollection<string> withheld)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in own)
            if (!IsExecutors(name))
                environment[name] = value;
        environment.TryAdd("MESOS_SANDBOX", sandbox);
        foreach (var (name, value) in command.Environment) environment[name] = value;
        foreach (var name in withheld) environment.Remove(name);
        return environment;
    }

    private static bool IsExecutors(string name) =>
        name.StartsWith("EXECUTOR_", StringComparison.Ordinal)
        || name.StartsWith("LIBPROCESS_", StringComparison.Ordinal)
        || ExecutorOnly.Contains(name);
}
