using Executor.Core.Ports;
using Executor.Libprocess.Wire;
using Google.Protobuf;
using Mesos;
using Mesos.Internal;
using Reason = Mesos.TaskStatus.Types.Reason;
using Source = Mesos.TaskStatus.Types.Source;
using TaskStatus = Mesos.TaskStatus;

namespace Executor.Libprocess;

/// <content>Status updates, as apache/mesos handles them in src/slave/slave.cpp, 0.22 to 1.11.</content>
public sealed partial class LocalAgent
{
    /// <summary>Agents keep as many completed tasks of an executor (slave/constants.hpp).</summary>
    private const int RememberedTasks = 200;

    private readonly Dictionary<string, LocalAgentTask> _tasks = [];
    private readonly Queue<LocalAgentTask> _ended = new();
    private List<(Upid To, StatusUpdateAcknowledgementMessage Message)>? _held;

    private void Update(StatusUpdate update, Upid from, bool fromExecutor)
    {
        var status = update.Status;
        var id = status.TaskId.Value;
        if (Refusal(update) is { } refusal)
        {
            Warn($"Dropped {status.State} of task '{id}' from {from}, not acknowledged: {refusal}");
            return;
        }

        var task = _tasks.GetValueOrDefault(id);
        var executor = task is null ? null : _executors.GetValueOrDefault(task.ExecutorId);
        if (executor is not null && task is { Ended: false } && IsFatal(status.State, task))
        {
            Warn($"Shutting down executor '{executor.Id}': it sent {status.State} for task '{id}', which is {(task.Queued ? "queued" : "launched")}");
            Shutdown(executor);
            return;
        }

        if (task is not null && task.HasSeen(update.Uuid))
        {
            Acknowledge(update, from);
            return;
        }

        if (task is { Ended: true } && _rules.RefusesUpdatesOfEndedTasks)
        {
            Warn($"Ignored {status.State} of task '{id}', which ended as {task.State}");
            Acknowledge(update, from);
            return;
        }

        Fill(status, update, fromExecutor);
        task?.Remember(update.Uuid);
        if (task is { Ended: false }) Advance(task, executor, status.State);
        Report(new AgentEvent.TaskUpdated(update.ExecutorId?.Value ?? task?.ExecutorId ?? "", status));
        Acknowledge(update, from);
    }

    private string? Refusal(StatusUpdate update)
    {
        if (!update.HasUuid) return "it has no uuid";
        if (!update.FrameworkId.Equals(_framework.Id)) return "the framework is unknown";
        return update.Status.SlaveId is { } agent && !agent.Equals(_agentInfo.Id)
            ? $"it is meant for agent {agent.Value}"
            : null;
    }

    /// <summary>
    /// TASK_STAGING makes an agent shut the executor down. A task still queued ends in the agent's own abort; as this
    /// one shares its process with its owner, it shuts the executor down there too.
    /// </summary>
    private bool IsFatal(TaskState state, LocalAgentTask task) =>
        (state == TaskState.TaskStaging && _rules.RefusesStaging)
        || (task.Queued && !LocalAgentRules.IsTerminal(state));

    /// <summary>What an agent fills in before it forwards an executor's update.</summary>
    private void Fill(TaskStatus status, StatusUpdate update, bool fromExecutor)
    {
        status.Source = fromExecutor ? Source.Executor : Source.Slave;
        if (_rules.FillsStatus)
        {
            status.Uuid = update.Uuid;
            if (update.ExecutorId is { } executorId) status.ExecutorId = executorId;
        }

        if (!_rules.MergesContainerStatus) return;
        status.ContainerStatus ??= new ContainerStatus();
        if (status.ContainerStatus.NetworkInfos.Count > 0) return;
        status.ContainerStatus.NetworkInfos.Add(new NetworkInfo
        {
            IpAddresses = { new NetworkInfo.Types.IPAddress { IpAddress = Self.Address.Address.ToString() } },
        });
    }

    private void Advance(LocalAgentTask task, LocalAgentExecutor? executor, TaskState state)
    {
        task.State = state;
        if (!task.Ended) return;
        executor?.Tasks.Remove(task);
        _ended.Enqueue(task);
        if (_ended.Count <= RememberedTasks) return;
        var forgotten = _ended.Dequeue();
        // The id may have been launched anew since.
        if (_tasks.GetValueOrDefault(forgotten.Id) == forgotten) _tasks.Remove(forgotten.Id);
    }

    private void Acknowledge(StatusUpdate update, Upid to)
    {
        var message = new StatusUpdateAcknowledgementMessage
        {
            SlaveId = _agentInfo.Id,
            FrameworkId = _framework.Id,
            TaskId = update.Status.TaskId,
            Uuid = update.Uuid,
        };
        if (_held is null)
        {
            Send(to, message);
        }
        else if (!_held.Exists(h => h.Message.Uuid.Equals(update.Uuid)))
        {
            _held.Add((to, message));
        }
    }

    private void Release()
    {
        foreach (var (to, message) in _held ?? []) Send(to, message);
        _held = null;
    }

    /// <summary>A status that the agent, or the master when it is <paramref name="source"/>, gives a task itself.</summary>
    private void ReportOwn(
        LocalAgentTask task, LocalAgentExecutor executor, TaskState state, Reason reason, string message,
        Source source = Source.Slave)
    {
        Advance(task, executor, state);
        Report(new AgentEvent.TaskUpdated(executor.Id, new TaskStatus
        {
            TaskId = task.Info.TaskId,
            State = state,
            Message = message,
            SlaveId = _agentInfo.Id,
            ExecutorId = executor.Info.ExecutorId,
            Timestamp = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds,
            Source = source,
            Reason = reason,
            Uuid = ByteString.CopyFrom(Guid.NewGuid().ToByteArray()),
        }));
    }
}
