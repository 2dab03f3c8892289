using Executor.Libprocess.Wire;
using Mesos;
using Microsoft.Win32.SafeHandles;

namespace Executor.Libprocess;

/// <summary>How a <see cref="LocalAgent"/> behaves. The defaults are a Mesos 1.3 agent's own.</summary>
public sealed record LocalAgentOptions
{
    /// <summary>Holds the sandboxes, laid out as an agent's <c>--work_dir</c>; created when missing, never cleaned.</summary>
    public required string WorkDirectory { get; init; }

    /// <summary>
    /// Where an executor's sandbox is, by executor id; absolute. Called on the agent's loop: it must not block. Null: an
    /// agent's own layout below <see cref="WorkDirectory"/>.
    /// </summary>
    public Func<string, string>? Sandbox { get; init; }

    /// <summary>Where the agent listens. A restart takes the same port again, also when 0 chose it.</summary>
    public LibprocessOptions Libprocess { get; init; } = new();

    /// <summary>
    /// The Mesos release to imitate, 0.22 to 1.11, major and minor: it decides the variables executors get and what
    /// the agent does where releases differ.
    /// </summary>
    public Version MesosVersion { get; init; } = new(1, 3);

    /// <summary>What executors learn as the agent's host name.</summary>
    public string Hostname { get; init; } = "localhost";

    /// <summary>
    /// Whether executors survive an agent restart (<c>FrameworkInfo.checkpoint</c>); nothing is ever written to disk
    /// for it, as only the agent's connections restart here.
    /// </summary>
    public bool Checkpoint { get; init; }

    /// <summary>How long executors wait for a restarting agent; told to them when checkpointing.</summary>
    public TimeSpan RecoveryTimeout { get; init; } = TimeSpan.FromMinutes(15);

    public TimeSpan ExecutorRegistrationTimeout { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan ExecutorReregistrationTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>From ShutdownExecutorMessage to SIGKILL; <c>ExecutorInfo.shutdown_grace_period</c> overrides it from 1.0.</summary>
    public TimeSpan ExecutorShutdownGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The agent flag <c>--executor_environment_variables</c>: over the defaults, under CommandInfo.environment.</summary>
    public IReadOnlyDictionary<string, string> ExecutorEnvironment { get; init; } = new Dictionary<string, string>();

    /// <summary>The framework that all tasks belong to; id, host name and checkpoint are filled by the agent.</summary>
    public FrameworkInfo Framework { get; init; } = new()
    {
        User = System.Environment.UserName,
        Name = "local",
        FailoverTimeout = 0,
        Capabilities = { new FrameworkInfo.Types.Capability { Type = FrameworkInfo.Types.Capability.Types.Type.TaskKillingState } },
    };

    /// <summary>
    /// Called once per executor about to be started, with its executor id, on the agent's loop: it must not block.
    /// Null: <c>stdout</c> and <c>stderr</c> in the sandbox, as agents do.
    /// </summary>
    public Func<string, ExecutorOutput>? OpenOutput { get; init; }
}

/// <summary>
/// Where one executor's output goes, e.g. the writing ends of two pipes. The agent owns both handles and closes its
/// copies as soon as the executor runs, so that the reading ends see the end of the file when the executor's tree ends.
/// </summary>
public sealed record ExecutorOutput(SafeFileHandle StandardOutput, SafeFileHandle StandardError);
