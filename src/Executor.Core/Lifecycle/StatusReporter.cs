using Executor.Core.Configuration;
using Executor.Core.Ports;
using Google.Protobuf;
using Mesos;
using TaskStatus = Mesos.TaskStatus;

namespace Executor.Core.Lifecycle;

/// <summary>
/// Hands status updates to the driver and knows how many the agent has not acknowledged. Sends from any thread; a
/// task's updates keep their order because one supervision sends them one after the other.
/// </summary>
public sealed class StatusReporter(IExecutorDriver driver, AgentRelease release, SecretMask mask, TimeProvider time)
{
    private int _unacknowledged;
    private long _lastSent = time.GetTimestamp();

    public int Unacknowledged => Volatile.Read(ref _unacknowledged);

    /// <summary>When the last update was sent, in ticks of the clock; before the first, when this was made.</summary>
    public long LastSent => Volatile.Read(ref _lastSent);

    /// <summary>Reports on one task from now on.</summary>
    public TaskReporter For(TaskInfo task) => new(this, task, release, mask);

    public void Acknowledged() => Interlocked.Decrement(ref _unacknowledged);

    internal void Send(TaskStatus status)
    {
        Interlocked.Increment(ref _unacknowledged);
        driver.SendStatusUpdate(status.ToByteArray());
        Volatile.Write(ref _lastSent, time.GetTimestamp());
    }
}
