namespace Executor.Core.Ports;

/// <summary>What a driver tells its user. Byte members are owned by the event and never change.</summary>
public abstract record DriverEvent
{
    private DriverEvent()
    {
    }

    /// <summary>
    /// The agent accepted the executor. Comes once, before any other event but <see cref="Error"/>; only where the
    /// agent restarted in that very moment does <see cref="Reregistered"/> come in its place.
    /// </summary>
    /// <param name="ExecutorInfo">Serialised <c>ExecutorInfo</c>.</param>
    /// <param name="FrameworkInfo">Serialised <c>FrameworkInfo</c>.</param>
    /// <param name="AgentInfo">Serialised <c>SlaveInfo</c>.</param>
    public sealed record Registered(
        ReadOnlyMemory<byte> ExecutorInfo, ReadOnlyMemory<byte> FrameworkInfo, ReadOnlyMemory<byte> AgentInfo)
        : DriverEvent;

    /// <summary>The agent came back after a restart and knows this executor again.</summary>
    /// <param name="AgentInfo">Serialised <c>SlaveInfo</c>.</param>
    public sealed record Reregistered(ReadOnlyMemory<byte> AgentInfo) : DriverEvent;

    /// <summary>
    /// The agent is gone and may come back (checkpointing).
    /// </summary>
    public sealed record Disconnected : DriverEvent;

    /// <param name="TaskInfo">Serialised <c>TaskInfo</c>.</param>
    public sealed record LaunchTask(ReadOnlyMemory<byte> TaskInfo) : DriverEvent;

    /// <summary>Asks for a task's end. Comes repeatedly, and also for tasks this executor was never given.</summary>
    /// <param name="TaskId">Serialised <c>TaskID</c>.</param>
    public sealed record KillTask(ReadOnlyMemory<byte> TaskId) : DriverEvent;

    /// <param name="Data">The scheduler's bytes, as they are.</param>
    public sealed record FrameworkMessage(ReadOnlyMemory<byte> Data) : DriverEvent;

    /// <summary>
    /// The executor has to end, with all its tasks, within MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD: on the agent's word,
    /// or because the agent is gone for good. Acknowledgements and kills may be dropped after it.
    /// </summary>
    /// <param name="Why">One phrase for the log and the status message.</param>
    /// <param name="AgentGone">Nobody is there any more who could be told anything.</param>
    public sealed record Shutdown(string Why, bool AgentGone = false) : DriverEvent;

    /// <summary>The driver cannot go on; nothing comes after it.</summary>
    public sealed record Error(string Message) : DriverEvent;

    /// <summary>
    /// The agent has stored one status update. Comes at most once per update sent, in any order between tasks, and
    /// only from a driver that <see cref="IExecutorDriver.ReportsAcknowledgements"/>.
    /// </summary>
    public sealed record UpdateAcknowledged(string TaskId) : DriverEvent;
}
