using Executor.Core.Configuration;
using Executor.Core.Hooks;

namespace Executor.Core.Lifecycle;

/// <summary>What the executor knows of itself before it registers.</summary>
public sealed record ExecutorHostOptions
{
    /// <summary>Where the tasks run; the agent made it.</summary>
    public required string Sandbox { get; init; }

    /// <summary>This process's environment: what the agent and the app gave.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>This process's arguments.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD: all that a shutdown may take.</summary>
    public required TimeSpan ShutdownGrace { get; init; }

    /// <summary>What every task's processes get.</summary>
    public ProcessTraits Traits { get; init; } = new();

    /// <summary>The features that take part in the tasks' lives.</summary>
    public HookFactories Hooks { get; init; } = new();

    /// <summary>The names of variables that a task, by its labels, does not get.</summary>
    public Func<TaskLabels, IReadOnlyCollection<string>> Withheld { get; init; } = _ => [];

    /// <summary>Hides secrets in what is told of tasks.</summary>
    public SecretMask Mask { get; init; } = new();

    public AgentRelease AgentRelease { get; init; } = AgentRelease.Unknown;

    /// <summary>
    /// How long to stay for the acknowledgement of the last update while the agent is there. Docker's executor of
    /// Mesos waits as long; an agent never acknowledges the update of a framework that it does not know any more.
    /// </summary>
    public TimeSpan AcknowledgementWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long to stay after the last update of a driver that does not report acknowledgements; less than a second
    /// was seen to lose updates.
    /// </summary>
    public TimeSpan BlindWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>EXECUTOR_IDLE_EXIT: how long to stay without a task after the last one.</summary>
    public TimeSpan IdleExit { get; init; }

    /// <summary>
    /// How long to stay for a first task; where <see cref="IdleExit"/> is longer, that long. Agents send the tasks right
    /// after the registration, and those from 0.28.3 on shut an executor without any down; the others leave it to us.
    /// </summary>
    public TimeSpan FirstTaskWait { get; init; } = TimeSpan.FromMinutes(1);
}
