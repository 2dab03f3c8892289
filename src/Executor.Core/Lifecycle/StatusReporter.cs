using Executor.Core.Ports;
using Google.Protobuf;
using Mesos;
using NLog;
using TaskStatus = Mesos.TaskStatus;

namespace Executor.Core.Lifecycle;

/// <summary>
/// Builds status updates, hands them to the driver and knows how many the agent has not acknowledged. Sends from any
/// thread; a task's updates keep their order because one supervision sends them one after the other.
/// </summary>
public sealed class StatusReporter(IExecutorDriver driver)
{
    private static readonly Logger Log = LogManager.GetLogger("status");
    private int _unacknowledged;

    public int Unacknowledged => Volatile.Read(ref _unacknowledged);

    public void Send(TaskID task, TaskState state, string? message = null, TaskStatus.Types.Reason? reason = null)
    {
        var status = new TaskStatus { TaskId = task, State = state };
        if (message is not null) status.Message = message;
        if (reason is { } given) status.Reason = given;
        Log.Info("task {0}: {1}{2}", task.Value, ProtoNames.Of(state), message is null ? "" : $": {message}");
        Interlocked.Increment(ref _unacknowledged);
        driver.SendStatusUpdate(status.ToByteArray());
    }

    public void Acknowledged() => Interlocked.Decrement(ref _unacknowledged);
}
