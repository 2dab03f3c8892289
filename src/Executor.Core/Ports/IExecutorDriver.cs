namespace Executor.Core.Ports;

/// <summary>
/// The executor's connection to its agent: the v0 executor driver. Two exist, one over the host's libmesos and one
/// that speaks the wire itself; nothing above this port knows which one it has.
/// </summary>
/// <remarks>
/// Messages cross as serialised protobuf of <c>mesos.proto</c>, so that a native driver never looks inside one.
/// All members may be called from any thread and none blocks on the agent. A driver is started once and disposed once.
/// </remarks>
public interface IExecutorDriver : IAsyncDisposable
{
    /// <summary>
    /// Whether <see cref="DriverEvent.UpdateAcknowledged"/> comes. libmesos has no such callback: its user has to wait
    /// a while after the last update instead, while the agent is there (less than a second was seen to lose updates).
    /// </summary>
    bool ReportsAcknowledgements { get; }

    /// <summary>Connects and registers with the agent.</summary>
    /// <param name="post">
    /// Receives every event, one at a time and in the agent's order, on a driver thread. It only queues: it never
    /// blocks, never throws, and the driver must be free to go on when it returns.
    /// </param>
    /// <exception cref="DriverException">The environment or the address does not allow a start.</exception>
    void Start(Action<DriverEvent> post);

    /// <summary>
    /// Sends a <c>TaskStatus</c>. The driver fills what is a driver's to fill (uuid, timestamp, agent id), keeps the
    /// update until it is acknowledged and repeats it when it re-registers. Before registration it is queued.
    /// </summary>
    /// <param name="taskStatus">Serialised <c>TaskStatus</c>; copied before the call returns.</param>
    void SendStatusUpdate(ReadOnlySpan<byte> taskStatus);

    /// <summary>Sends bytes to the framework's scheduler; best effort, as the protocol is.</summary>
    /// <param name="data">Copied before the call returns.</param>
    void SendFrameworkMessage(ReadOnlySpan<byte> data);
}

/// <summary>A driver that cannot start; the message is one line for an operator.</summary>
public sealed class DriverException(string message, Exception? inner = null) : Exception(message, inner);
