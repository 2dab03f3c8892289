using System.Collections;
using System.Globalization;
using Executor.Core.Configuration;
using Mesos;

namespace Executor.Libprocess;

/// <summary>Turns an ExecutorInfo's command into what is run: arguments and environment.</summary>
internal static class LocalAgentCommand
{
    /// <summary>What agents from 1.0 on give executors that bring no PATH (docs/upgrades.md).</summary>
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public static string Program(CommandInfo command) => command.Shell ? "/bin/sh" : command.Value;

    public static IReadOnlyList<string> Arguments(CommandInfo command) =>
        command.Shell ? ["sh", "-c", command.Value] : [.. command.Arguments];

    /// <summary>The names and their releases were read in apache/mesos, src/slave/slave.cpp, 0.22 to 1.11.</summary>
    /// <remarks>
    /// MESOS_EXECUTOR_AUTHENTICATION_TOKEN and MESOS_DOMAIN_SOCKET come only from agents with those features on.
    /// </remarks>
    public static Dictionary<string, string> Environment(
        LocalAgentOptions options, LocalAgentRules rules, LocalAgent agent, LocalAgentExecutor executor, TimeSpan grace)
    {
        var environment = new Dictionary<string, string>();
        if (rules.InheritsAgentEnvironment)
        {
            foreach (DictionaryEntry entry in System.Environment.GetEnvironmentVariables())
            {
                environment[(string)entry.Key] = (string)entry.Value!;
            }
        }
        else
        {
            environment["PATH"] = DefaultPath;
        }

        foreach (var (name, value) in options.ExecutorEnvironment) environment[name] = value;

        environment["LIBPROCESS_PORT"] = "0";
        environment["MESOS_FRAMEWORK_ID"] = agent.FrameworkId;
        environment["MESOS_EXECUTOR_ID"] = executor.Id;
        environment["MESOS_DIRECTORY"] = executor.Sandbox;
        environment["MESOS_SLAVE_ID"] = agent.AgentId;
        environment["MESOS_SLAVE_PID"] = agent.Self.ToString();
        environment["MESOS_CHECKPOINT"] = options.Checkpoint ? "1" : "0";
        if (options.Checkpoint)
        {
            environment["MESOS_RECOVERY_TIMEOUT"] = MesosDuration.Format(options.RecoveryTimeout);
        }

        if (rules.GivesSandbox) environment["MESOS_SANDBOX"] = executor.Sandbox;
        if (rules.GivesAddress) environment["LIBPROCESS_IP"] = agent.Self.Address.Address.ToString();
        if (rules.GivesEndpoint)
        {
            environment["MESOS_AGENT_ENDPOINT"] = agent.Self.Address.ToString();
            if (options.Checkpoint)
            {
                environment["MESOS_SUBSCRIPTION_BACKOFF_MAX"] =
                    MesosDuration.Format(options.ExecutorReregistrationTimeout);
            }
        }

        if (rules.GivesShutdownGrace)
        {
            environment["MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD"] = MesosDuration.Format(grace);
        }

        if (rules.GivesCommandExecutorFlag) environment["MESOS_HTTP_COMMAND_EXECUTOR"] = "0";

        foreach (var variable in executor.Info.Command.Environment?.Variables ?? [])
        {
            // A variable of type SECRET has no value of its own; agents resolve those with a module.
            if (variable.HasValue) environment[variable.Name] = variable.Value;
        }

        return environment;
    }

    /// <summary>Where an agent puts a run's sandbox below its work directory.</summary>
    public static string Sandbox(string workDirectory, string agentId, string frameworkId, string executorId) =>
        Path.Combine(
            Path.GetFullPath(workDirectory), "slaves", agentId, "frameworks", frameworkId, "executors", executorId,
            "runs", Guid.NewGuid().ToString("D", CultureInfo.InvariantCulture));
}
