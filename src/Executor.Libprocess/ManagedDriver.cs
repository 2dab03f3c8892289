using System.Net;
using System.Net.Sockets;
using Executor.Core.Configuration;
using Executor.Core.Ports;
using Executor.Libprocess.Wire;
using Google.Protobuf;
using Mesos;
using Mesos.Internal;
using TaskStatus = Mesos.TaskStatus;

namespace Executor.Libprocess;

public sealed record ManagedDriverOptions
{
    /// <summary>Obey the agent's PID whatever address its connection comes from: for unusual networks.</summary>
    public bool AllowAnyAddress { get; init; }
}

/// <summary>
/// The v0 executor driver without libmesos: the same messages in the same order as <c>mesos::MesosExecutorDriver</c>
/// 1.4 and later (facts read in its src/exec/exec.cpp), over our own wire.
/// </summary>
/// <remarks>
/// Where it differs on purpose: it tells of acknowledgements and of a disconnection, it takes acknowledgements after a
/// shutdown too, and a task launched twice is refused instead of aborting the process. One lock guards everything;
/// nothing under it waits.
/// </remarks>
public sealed class ManagedDriver : IExecutorDriver
{
    private const string ActorName = "executor(1)";

    private readonly AgentEnvironment _environment;
    private readonly TimeProvider _time;
    private readonly Upid _agent;
    private readonly PeerRule _rule;
    private readonly RefusalLog _refusals = new();
    private readonly Lock _gate = new();
    private readonly PendingUpdates _updates = new();
    private readonly OrderedDictionary<string, TaskInfo> _unacknowledgedTasks = new(StringComparer.Ordinal);
    private Action<DriverEvent> _post = _ => { };
    private LibprocessNode? _node;
    private ITimer? _recovery;
    private int _disconnections;
    private bool _registered;
    private bool _connected;
    private bool _shutDown;

    public ManagedDriver(AgentEnvironment environment, ManagedDriverOptions options, TimeProvider time)
    {
        _environment = environment;
        _time = time;
        _agent = environment.AgentPid;
        _rule = new PeerRule(_agent, options.AllowAnyAddress);
    }

    /// <summary>Listens as a driver would, and stops again: for a check of the host.</summary>
    /// <exception cref="DriverException">A driver could not.</exception>
    public static async ValueTask RequireListenableAsync(AgentEnvironment environment)
    {
        await using var driver = new ManagedDriver(environment, new ManagedDriverOptions(), TimeProvider.System);
        driver._node = driver.OpenNode();
    }

    public bool ReportsAcknowledgements => true;

    /// <summary>How many messages were refused so far, by kind.</summary>
    public IReadOnlyDictionary<string, long> Refused => _refusals.Counts;

    public void Start(Action<DriverEvent> post)
    {
        lock (_gate)
        {
            _post = post;
            _node = OpenNode();
            _node.Start(OnEvent);
            _node.Link(_agent);
            Send(new RegisterExecutorMessage { FrameworkId = FrameworkId, ExecutorId = ExecutorId });
        }
    }

    public void SendStatusUpdate(ReadOnlySpan<byte> taskStatus)
    {
        var status = TaskStatus.Parser.ParseFrom(taskStatus);
        var now = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
        var uuid = ByteString.CopyFrom(Guid.NewGuid().ToByteArray(bigEndian: true));
        status.Timestamp = now;
        status.SlaveId = AgentId;
        status.Uuid = uuid;
        lock (_gate)
        {
            _updates.Add(new StatusUpdate
            {
                FrameworkId = FrameworkId,
                ExecutorId = ExecutorId,
                SlaveId = AgentId,
                Status = status,
                Timestamp = now,
                Uuid = uuid,
            });
            if (_connected) SendUnsentUpdates();
        }
    }

    public void SendFrameworkMessage(ReadOnlySpan<byte> data)
    {
        lock (_gate)
        {
            if (!_connected) return;
            Send(new ExecutorToFrameworkMessage
            {
                SlaveId = AgentId,
                FrameworkId = FrameworkId,
                ExecutorId = ExecutorId,
                Data = ByteString.CopyFrom(data),
            });
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_node is not null) await _node.DisposeAsync();
        lock (_gate)
        {
            // What the last events of the node would still start must not outlive it.
            _shutDown = true;
            _recovery?.Dispose();
        }
    }

    private FrameworkID FrameworkId => new() { Value = _environment.FrameworkId };

    private ExecutorID ExecutorId => new() { Value = _environment.ExecutorId };

    private SlaveID AgentId => new() { Value = _environment.AgentId };

    private LibprocessNode OpenNode()
    {
        var reachable = LocalAddress.Towards(_agent.Address);
        var address = _environment.ListenAddress ?? reachable;
        var everywhere = address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
        try
        {
            return new LibprocessNode(ActorName, new LibprocessOptions
            {
                Address = address,
                Port = _environment.ListenPort,
                AdvertisedAddress = _environment.AdvertisedAddress ?? (everywhere ? reachable : null),
                AdvertisedPort = _environment.AdvertisedPort,
                IsOfPeers = _rule.CanBeAt,
            });
        }
        catch (SocketException e)
        {
            throw new DriverException(
                $"cannot listen on {address}:{_environment.ListenPort} (LIBPROCESS_IP, LIBPROCESS_PORT): {e.Message}", e);
        }
    }

    private void OnEvent(LibprocessEvent libprocessEvent)
    {
        switch (libprocessEvent)
        {
            case LibprocessEvent.Received received when _rule.Refuse(received.Message, received.Remote) is { } refusal:
                _refusals.Add(refusal.Kind, refusal.Detail);
                break;
            case LibprocessEvent.Received { Message: var received }:
                if (AgentMessages.TryRead(received, out var message, out var wrong))
                    lock (_gate) Handle(message);
                else
                    _refusals.Add(wrong.Kind, wrong.Detail);
                break;
            case LibprocessEvent.LinkBroken:
                OnAgentGone();
                break;
            case LibprocessEvent.Refused refused:
                _refusals.Add(refused.Kind, refused.Detail);
                break;
        }
    }

    private void Handle(IMessage message)
    {
        switch (message)
        {
            case ExecutorRegisteredMessage m when !_registered:
                _registered = _connected = true;
                _post(new DriverEvent.Registered(
                    m.ExecutorInfo.ToByteArray(), m.FrameworkInfo.ToByteArray(), m.SlaveInfo.ToByteArray()));
                SendUnsentUpdates();
                break;
            case ExecutorReregisteredMessage m:
                _registered = _connected = true;
                _recovery?.Dispose();
                _post(new DriverEvent.Reregistered(m.SlaveInfo.ToByteArray()));
                SendUnsentUpdates();
                break;
            case ReconnectExecutorMessage m:
                OnReconnect(m);
                break;
            case RunTaskMessage m when _connected && !_shutDown:
                OnRunTask(m.Task);
                break;
            case KillTaskMessage m:
                _post(new DriverEvent.KillTask(m.TaskId.ToByteArray()));
                break;
            case StatusUpdateAcknowledgementMessage m when _connected:
                OnAcknowledged(m);
                break;
            case FrameworkToExecutorMessage m when _connected && !_shutDown:
                _post(new DriverEvent.FrameworkMessage(m.Data.ToByteArray()));
                break;
            case ShutdownExecutorMessage:
                ShutDown("the agent asked the executor to shut down");
                break;
        }
    }

    private void OnAcknowledged(StatusUpdateAcknowledgementMessage message)
    {
        if (!_updates.Remove(message.Uuid)) return;
        _unacknowledgedTasks.Remove(message.TaskId.Value);
        _post(new DriverEvent.UpdateAcknowledged(message.TaskId.Value));
    }

    private void OnRunTask(TaskInfo task)
    {
        if (_unacknowledgedTasks.TryAdd(task.TaskId.Value, task))
            _post(new DriverEvent.LaunchTask(task.ToByteArray()));
        else
            _refusals.Add("duplicate task", $"task {task.TaskId.Value} was launched already");
    }

    /// <summary>The agent is back: the old connection may be half open, so a fresh one is made in any case.</summary>
    private void OnReconnect(ReconnectExecutorMessage message)
    {
        if (message.SlaveId.Value != _environment.AgentId)
        {
            _refusals.Add("agent id", $"a reconnect to agent {message.SlaveId.Value}, this is {_environment.AgentId}");
            return;
        }

        Disconnect();
        _node!.Link(_agent);
        var reregister = new ReregisterExecutorMessage { ExecutorId = ExecutorId, FrameworkId = FrameworkId };
        reregister.Tasks.Add(_unacknowledgedTasks.Values);
        reregister.Updates.Add(_updates.All);
        _updates.TakeUnsent();
        Send(reregister);
    }

    private void OnAgentGone()
    {
        lock (_gate)
        {
            if (_shutDown) return;
            if (!_environment.Checkpoint || !_registered)
            {
                ShutDown($"the agent {_agent} is gone", agentGone: true);
                return;
            }

            Disconnect();
        }
    }

    /// <summary>From now on the agent has to come back within the recovery timeout.</summary>
    private void Disconnect()
    {
        _recovery?.Dispose();
        var disconnection = ++_disconnections;
        _recovery = _time.CreateTimer(
            _ => OnRecoveryTimeout(disconnection), null, LongestWait.Clamp(_environment.RecoveryTimeout),
            Timeout.InfiniteTimeSpan);
        if (_connected) _post(new DriverEvent.Disconnected());
        _connected = false;
    }

    private void OnRecoveryTimeout(int disconnection)
    {
        lock (_gate)
        {
            if (!_connected && disconnection == _disconnections)
                ShutDown($"the agent did not come back within {MesosDuration.Format(_environment.RecoveryTimeout)}", agentGone: true);
        }
    }

    private void ShutDown(string why, bool agentGone = false)
    {
        if (_shutDown) return;
        _shutDown = true;
        _post(new DriverEvent.Shutdown(why, agentGone));
    }

    private void SendUnsentUpdates()
    {
        foreach (var update in _updates.TakeUnsent())
            Send(new StatusUpdateMessage { Update = update, Pid = _node!.Self.ToString() });
    }

    private void Send<T>(T message) where T : IMessage =>
        _node!.Send(_agent, AgentMessages.Package + typeof(T).Name, message.ToByteArray());
}
