using Executor.Core.Ports;
using Executor.Libprocess.Wire;
using Google.Protobuf;
using Mesos;
using Mesos.Internal;
using Reason = Mesos.TaskStatus.Types.Reason;

namespace Executor.Libprocess;

/// <content>What comes over the wire, and what goes out on the scheduler's behalf.</content>
public sealed partial class LocalAgent
{
    private const string MessagePrefix = "mesos.internal.";

    private void Listen()
    {
        var node = _node;
        node.Start(happened => Post(() =>
        {
            // What an agent had not read when it went down is lost with it.
            if (node == _node) Take(happened);
        }));
    }

    /// <summary>A broken link says nothing: agents learn of an executor's end from its container (slave.cpp).</summary>
    private void Take(LibprocessEvent happened)
    {
        switch (happened)
        {
            case LibprocessEvent.Received received:
                Take(received.Message);
                break;
            case LibprocessEvent.Refused refused:
                Warn($"Refused {refused.Kind}: {refused.Detail}");
                break;
        }
    }

    private void Take(LibprocessMessage message)
    {
        try
        {
            switch (message.Name)
            {
                case MessagePrefix + nameof(RegisterExecutorMessage):
                    Register(Parse(RegisterExecutorMessage.Parser, message), message.From);
                    break;
                case MessagePrefix + nameof(ReregisterExecutorMessage):
                    Reregister(Parse(ReregisterExecutorMessage.Parser, message), message.From);
                    break;
                case MessagePrefix + nameof(StatusUpdateMessage):
                    var update = Parse(StatusUpdateMessage.Parser, message);
                    Update(update.Update, message.From, fromExecutor: update.HasPid);
                    break;
                case MessagePrefix + nameof(ExecutorToFrameworkMessage):
                    var sent = Parse(ExecutorToFrameworkMessage.Parser, message);
                    Report(new AgentEvent.FrameworkMessage(sent.ExecutorId.Value, sent.Data.Memory));
                    break;
                default:
                    Warn($"Dropped {message.Name} from {message.From}: no message of an executor");
                    break;
            }
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException)
        {
            Warn($"Dropped {message.Name} from {message.From}: {e.Message}");
        }
    }

    private void Register(RegisterExecutorMessage message, Upid from)
    {
        var executor = Admit(message.FrameworkId, message.ExecutorId, from, LocalAgentExecutorState.Registering);
        if (executor is null) return;
        if (executor.Tasks.Count == 0 && _rules.ShutsDownIdleExecutors)
        {
            Warn($"Shutting down executor '{executor.Id}': it has no task to run");
            Shutdown(executor);
            return;
        }

        Send(from, new ExecutorRegisteredMessage
        {
            ExecutorInfo = executor.Info,
            FrameworkId = _framework.Id,
            FrameworkInfo = _framework,
            SlaveId = _agentInfo.Id,
            SlaveInfo = _agentInfo,
        });
        Report(new AgentEvent.ExecutorRegistered(executor.Id));
        foreach (var task in executor.Tasks) Deliver(task, executor);
    }

    /// <summary>
    /// The executor that registers, now running; null, and the stranger told to shut down, where none in the
    /// expected state has that id: agents answer so to any registration that they do not expect.
    /// </summary>
    private LocalAgentExecutor? Admit(
        FrameworkID framework, ExecutorID id, Upid from, LocalAgentExecutorState expected)
    {
        var executor = framework.Equals(_framework.Id) ? _executors.GetValueOrDefault(id.Value) : null;
        if (executor?.State != expected)
        {
            Warn($"Shutting down executor '{id.Value}' at {from}: its registration was not expected");
            Send(from, new ShutdownExecutorMessage());
            return null;
        }

        executor.Disarm();
        executor.State = LocalAgentExecutorState.Running;
        executor.Pid = from;
        _node.Link(from);
        return executor;
    }

    /// <summary>0.22 drivers require framework_id and pid, which later agents still fill or do not mind.</summary>
    private void Deliver(LocalAgentTask task, LocalAgentExecutor executor)
    {
        task.Queued = false;
        Send(executor.Pid!, new RunTaskMessage
        {
            FrameworkId = _framework.Id,
            Framework = _framework,
            Pid = _schedulerPid,
            Task = task.Info,
        });
    }

    private void Kill(string taskId, TimeSpan? gracePeriod)
    {
        var task = _tasks.GetValueOrDefault(taskId);
        if (task is null or { Ended: true } || !_executors.TryGetValue(task.ExecutorId, out var executor))
        {
            Warn($"Cannot kill task '{taskId}': no executor has it");
            return;
        }

        switch (executor.State)
        {
            case LocalAgentExecutorState.Registering:
                ReportOwn(
                    task, executor, TaskState.TaskKilled, Reason.ExecutorUnregistered,
                    "Unregistered executor");
                break;
            case LocalAgentExecutorState.Running:
                var kill = new KillTaskMessage { FrameworkId = _framework.Id, TaskId = task.Info.TaskId };
                if (gracePeriod is { } grace && _rules.HasKillPolicy)
                {
                    kill.KillPolicy = new KillPolicy
                    {
                        GracePeriod = new DurationInfo { Nanoseconds = grace.Ticks * TimeSpan.NanosecondsPerTick },
                    };
                }

                Send(executor.Pid!, kill);
                break;
            default:
                Warn($"Cannot kill task '{taskId}': its executor is {executor.State}");
                break;
        }
    }

    private void SendToExecutor(string executorId, ByteString data)
    {
        if (Find(executorId) is not { } executor) return;
        if (executor.State != LocalAgentExecutorState.Running)
        {
            Warn($"Dropped a message for executor '{executorId}': it is {executor.State}");
            return;
        }

        Send(executor.Pid!, new FrameworkToExecutorMessage
        {
            SlaveId = _agentInfo.Id,
            FrameworkId = _framework.Id,
            ExecutorId = executor.Info.ExecutorId,
            Data = data,
        });
    }

    private void Send<T>(Upid to, T message)
        where T : IMessage<T> => _node.Send(to, MessagePrefix + typeof(T).Name, message.ToByteArray());

    private static T Parse<T>(MessageParser<T> parser, LibprocessMessage message)
        where T : IMessage<T>
    {
        var parsed = parser.ParseFrom(message.Body.Span);
        // Parsing does not look at the required fields of proto2.
        return parsed.IsInitialized() ? parsed : throw new InvalidDataException("a required field is missing");
    }
}
