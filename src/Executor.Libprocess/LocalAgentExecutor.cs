using Executor.Core.Ports;
using Executor.Libprocess.Wire;
using Google.Protobuf;
using Mesos;
using Reason = Mesos.TaskStatus.Types.Reason;

namespace Executor.Libprocess;

/// <summary>What the agent knows of one executor; touched by the agent's loop only.</summary>
internal sealed class LocalAgentExecutor(ExecutorInfo info, string sandbox)
{
    public ExecutorInfo Info { get; } = info;

    public string Id => Info.ExecutorId.Value;

    public string Sandbox { get; } = sandbox;

    public LocalAgentExecutorState State { get; set; } = LocalAgentExecutorState.Registering;

    /// <summary>Its libprocess PID: what an agent checkpoints when the executor registers.</summary>
    public Upid? Pid { get; set; }

    public ISupervisedProcess? Process { get; set; }

    /// <summary>Completes when the process tree is gone and the agent has been told.</summary>
    public Task Supervision { get; set; } = Task.CompletedTask;

    /// <summary>Tasks that have not ended, oldest first.</summary>
    public List<LocalAgentTask> Tasks { get; } = [];

    /// <summary>The one timeout that runs for this executor: registration, re-registration or shutdown grace.</summary>
    public ITimer? Timeout { get; set; }

    /// <summary>The agent killed the process tree.</summary>
    public bool Destroyed { get; set; }

    /// <summary>What its tasks get when it ends, when that is not the usual; the first cause counts.</summary>
    public (TaskState State, Reason Reason, string Message)? Termination { get; set; }

    public void Disarm()
    {
        Timeout?.Dispose();
        Timeout = null;
    }
}

internal enum LocalAgentExecutorState
{
    Registering,
    Running,

    /// <summary>Known from before a restart; it has been asked to reconnect.</summary>
    Recovering,
    Terminating,
}

/// <summary>One task, from its launch until it is forgotten; touched by the agent's loop only.</summary>
internal sealed class LocalAgentTask(TaskInfo info)
{
    /// <summary>
    /// A driver repeats only what was not acknowledged, so the latest updates are enough; health results make the list
    /// of a long-lived task endless.
    /// </summary>
    private const int RememberedUpdates = 256;

    private readonly HashSet<ByteString> _seen = [];
    private readonly Queue<ByteString> _order = [];

    public TaskInfo Info { get; } = info;

    public string Id => Info.TaskId.Value;

    public string ExecutorId => Info.Executor.ExecutorId.Value;

    public TaskState State { get; set; } = TaskState.TaskStaging;

    /// <summary>The executor has not been sent the task yet.</summary>
    public bool Queued { get; set; } = true;

    public bool Ended => LocalAgentRules.IsTerminal(State);

    public bool HasSeen(ByteString uuid) => _seen.Contains(uuid);

    public void Remember(ByteString uuid)
    {
        if (!_seen.Add(uuid)) return;
        _order.Enqueue(uuid);
        if (_order.Count > RememberedUpdates) _seen.Remove(_order.Dequeue());
    }
}
