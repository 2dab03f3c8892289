using Reason = Mesos.TaskStatus.Types.Reason;

namespace Executor.Core.Configuration;

/// <summary>
/// The oldest Mesos release that the agent can be. Nobody tells an executor, but each release has added variables: up
/// to 0.28 they tell it, from 1.0 on only that it is not older; the host's libmesos, and what comes from the framework,
/// say more.
/// </summary>
public sealed record AgentRelease
{
    private static readonly Version Oldest = new(0, 22);

    /// <summary>From here on every agent sets MESOS_HTTP_COMMAND_EXECUTOR, so one without it is older.</summary>
    private static readonly Version Open = new(1, 0);

    /// <summary>Which variable came with which release, newest first (slave.cpp and containerizer.cpp, 0.22 to 1.11).</summary>
    private static readonly (string Variable, Version Since)[] Variables =
    [
        ("MESOS_DOMAIN_SOCKET", new(1, 10)),
        ("MESOS_EXECUTOR_AUTHENTICATION_TOKEN", new(1, 3)),
        ("MESOS_HTTP_COMMAND_EXECUTOR", Open),
        ("MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD", new(0, 28)),
        ("MESOS_AGENT_ENDPOINT", new(0, 27)),
        ("LIBPROCESS_IP", new(0, 26)),
        ("MESOS_SANDBOX", new(0, 25)),
    ];

    private AgentRelease(Version atLeast) => AtLeast = atLeast;

    /// <summary>What is known of an agent that says nothing.</summary>
    public static AgentRelease Unknown { get; } = new(Oldest);

    public Version AtLeast { get; }

    public static AgentRelease Of(IReadOnlyDictionary<string, string> environment)
    {
        foreach (var (variable, since) in Variables)
            if (environment.ContainsKey(variable))
                return new AgentRelease(since);
        return Unknown;
    }

    /// <summary>The same agent, after a sign that it is not older than this; no sign makes an agent before 1.0 newer.</summary>
    public AgentRelease NotBefore(Version release) =>
        AtLeast >= Open && release > AtLeast ? new AgentRelease(release) : this;

    /// <summary>The same agent, after a sign that whoever talks to it knows a reason.</summary>
    public AgentRelease Knowing(Reason reason) => Since(reason) is { } since ? NotBefore(since) : this;

    /// <summary>
    /// Whether an executor may give this reason: an old scheduler drops what it does not know at best.
    /// </summary>
    public bool Knows(Reason reason) => Since(reason) is { } since && AtLeast >= since;

    /// <summary>The reasons that are an executor's to give; all others are the agent's and the master's.</summary>
    private static Version? Since(Reason reason) => reason switch
    {
        Reason.CommandExecutorFailed or Reason.TaskInvalid or Reason.TaskUnauthorized => Oldest,
        Reason.TaskCheckStatusUpdated => new(1, 2),
        Reason.TaskHealthCheckStatusUpdated => new(1, 4),
        Reason.MaxCompletionTimeReached => new(1, 6),
        _ => null,
    };
}
