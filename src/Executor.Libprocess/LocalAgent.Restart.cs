using System.Net;
using Executor.Core.Ports;
using Executor.Libprocess.Wire;
using Mesos;
using Mesos.Internal;
using Reason = Mesos.TaskStatus.Types.Reason;
using Source = Mesos.TaskStatus.Types.Source;

namespace Executor.Libprocess;

/// <content>An agent's restart, and the recovery of its executors.</content>
public sealed partial class LocalAgent
{
    private TaskCompletionSource? _recovery;

    /// <summary>The agent is down while this runs: its loop, which takes everything else, waits for it.</summary>
    private async ValueTask RestartAsync(Func<CancellationToken, Task> downtime, TaskCompletionSource recovered)
    {
        _recovery?.TrySetResult();
        _recovery = recovered;
        await _node.DisposeAsync();
        var port = _options.Libprocess.Port == 0 ? Self.Address.Port : _options.Libprocess.Port;
        using var place = LibprocessNode.Reserve(new IPEndPoint(_options.Libprocess.Address, port));
        foreach (var executor in _executors.Values) executor.Disarm();
        _held?.Clear();
        if (!_options.Checkpoint) Forget();

        try
        {
            await downtime(_stopping.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        _node = new LibprocessNode(ActorName, _options.Libprocess with { Port = port });
        Listen();
        foreach (var executor in _executors.Values) Reconnect(executor);
        FinishRecovery();
    }

    /// <summary>
    /// Without checkpointing an agent finds nothing again, and the master gives the tasks up as soon as it is gone.
    /// Their executors see the broken link and end themselves.
    /// </summary>
    private void Forget()
    {
        foreach (var executor in _executors.Values)
        {
            foreach (var task in executor.Tasks.ToArray())
            {
                ReportOwn(
                    task, executor, TaskState.TaskLost, Reason.SlaveDisconnected, "Agent disconnected", Source.Master);
            }
        }

        _executors.Clear();
    }

    private void Reconnect(LocalAgentExecutor executor)
    {
        executor.State = LocalAgentExecutorState.Recovering;
        Arm(executor, _options.ExecutorReregistrationTimeout, () =>
        {
            Warn($"Executor '{executor.Id}' did not re-register in time");
            executor.Termination ??= (_rules.Gone, _rules.ReregistrationTimeout,
                $"Executor did not re-register within {_options.ExecutorReregistrationTimeout.TotalSeconds:0.###} s");
            Destroy(executor);
        });
        if (executor.Pid is { } pid) Send(pid, new ReconnectExecutorMessage { SlaveId = _agentInfo.Id });
    }

    private void Reregister(ReregisterExecutorMessage message, Upid from)
    {
        var executor = Admit(message.FrameworkId, message.ExecutorId, from, LocalAgentExecutorState.Recovering);
        if (executor is null) return;
        Send(from, new ExecutorReregisteredMessage { SlaveId = _agentInfo.Id, SlaveInfo = _agentInfo });
        Report(new AgentEvent.ExecutorReregistered(executor.Id));
        foreach (var update in message.Updates) Update(update, from, fromExecutor: true);

        foreach (var task in executor.Tasks.ToArray())
        {
            if (task.Queued)
            {
                Deliver(task, executor);
            }
            else if (task.State == TaskState.TaskStaging && !message.Tasks.Any(t => t.TaskId.Value == task.Id))
            {
                // The launch was lost on its way when the agent went down.
                ReportOwn(
                    task, executor, _rules.Dropped, Reason.SlaveRestarted, "Task launched during agent restart");
            }
        }

        FinishRecovery();
    }

    private void FinishRecovery()
    {
        if (_recovery is null || _executors.Values.Any(e => e.State == LocalAgentExecutorState.Recovering)) return;
        _recovery.TrySetResult();
        _recovery = null;
    }
}
