using Executor.Core.Ports;
using TaskStatus = Mesos.TaskStatus;

namespace Executor.Libprocess;

/// <summary>What a <see cref="LocalAgent"/> tells its owner, in the order in which it happened. Events are never changed.</summary>
public abstract record AgentEvent
{
    private AgentEvent()
    {
    }

    /// <summary>An executor's process runs; it has not registered yet.</summary>
    /// <param name="Pid">The leader of its process tree.</param>
    /// <param name="Sandbox">Its working directory, absolute.</param>
    public sealed record ExecutorLaunched(string ExecutorId, int Pid, string Sandbox) : AgentEvent;

    public sealed record ExecutorRegistered(string ExecutorId) : AgentEvent;

    public sealed record ExecutorReregistered(string ExecutorId) : AgentEvent;

    /// <summary>
    /// No process of the executor is left; the last statuses of its tasks came before this. Comes once per executor.
    /// </summary>
    /// <param name="Exit">How the leader ended; null when it could not be started.</param>
    public sealed record ExecutorExited(string ExecutorId, ProcessExit? Exit) : AgentEvent;

    /// <summary>A status update, as a scheduler would see it: from the executor, or the agent's own.</summary>
    public sealed record TaskUpdated(string ExecutorId, TaskStatus Status) : AgentEvent;

    /// <param name="Data">The executor's bytes, as they are.</param>
    public sealed record FrameworkMessage(string ExecutorId, ReadOnlyMemory<byte> Data) : AgentEvent;

    /// <summary>Something was dropped or refused: the line that an agent would write to its log.</summary>
    public sealed record Warning(string Text) : AgentEvent;
}
