using Executor.Core.Configuration;
using Executor.Core.Ports;
using Executor.Libprocess.Tests.Wire;
using Executor.Libprocess.Wire;
using Google.Protobuf;
using Mesos;
using Mesos.Internal;
using Microsoft.Extensions.Time.Testing;
using TaskStatus = Mesos.TaskStatus;

namespace Executor.Libprocess.Tests.Driver;

/// <summary>A ManagedDriver and the agent it belongs to, which is a bare node that says what the test says.</summary>
internal sealed class DriverRig : IAsyncDisposable
{
    private readonly CancellationToken _limit;
    private LibprocessNode _agent;
    private Upid? _executor;

    public DriverRig(
        CancellationToken limit, bool checkpoint = false, string framework = "F", string executor = "E", string agent = "A",
        TimeSpan? recoveryTimeout = null)
    {
        _limit = limit;
        (Framework, ExecutorId, AgentId) = (framework, executor, agent);
        _agent = new LibprocessNode("slave(1)", new LibprocessOptions());
        _agent.Start(Messages.Post);
        Driver = new ManagedDriver(
            new AgentEnvironment
            {
                AgentPid = _agent.Self,
                AgentId = agent,
                FrameworkId = framework,
                ExecutorId = executor,
                Directory = "/",
                Checkpoint = checkpoint,
                RecoveryTimeout = recoveryTimeout ?? TimeSpan.FromMinutes(15),
            },
            new ManagedDriverOptions(),
            Time);
    }

    public string Framework { get; }

    public string ExecutorId { get; }

    public string AgentId { get; }

    public FakeTimeProvider Time { get; } = new();

    public ManagedDriver Driver { get; }

    public EventQueue<DriverEvent> Events { get; } = new();

    /// <summary>What reaches the agent.</summary>
    public EventQueue<LibprocessEvent> Messages { get; } = new();

    public Upid Agent => _agent.Self;

    public Upid Executor => _executor!;

    /// <summary>Starts the driver and takes its registration, without an answer.</summary>
    public async Task<RegisterExecutorMessage> StartAsync()
    {
        Driver.Start(Events.Post);
        return await TakeAsync<RegisterExecutorMessage>();
    }

    public async Task RegisterAsync()
    {
        await StartAsync();
        Send(new ExecutorRegisteredMessage
        {
            ExecutorInfo = new ExecutorInfo { ExecutorId = new ExecutorID { Value = ExecutorId } },
            FrameworkId = new FrameworkID { Value = Framework },
            FrameworkInfo = new FrameworkInfo { User = "u", Name = "f" },
            SlaveId = new SlaveID { Value = AgentId },
            SlaveInfo = new SlaveInfo { Hostname = "h" },
        });
        await Events.NextAsync<DriverEvent.Registered>(_limit);
    }

    /// <summary>The next message of the driver, which has to be of this type.</summary>
    public async Task<T> TakeAsync<T>() where T : IMessage<T>, new()
    {
        while (true)
        {
            // The link breaks of the agent's own connection are no news here.
            if (await Messages.NextAsync(_limit) is not LibprocessEvent.Received received) continue;
            Assert.That(received.Message.Name, Is.EqualTo("mesos.internal." + typeof(T).Name));
            _executor = received.Message.From;
            return new MessageParser<T>(() => new T()).ParseFrom(received.Message.Body.Span);
        }
    }

    public void Send(IMessage message) => Send(message.Descriptor.FullName, message.ToByteArray());

    public void Send(string name, ReadOnlySpan<byte> body) => _agent.Send(Executor, name, body);

    public void RunTask(string id) => Send(new RunTaskMessage
    {
        Framework = new FrameworkInfo { User = "u", Name = "f" },
        Task = new TaskInfo
        {
            Name = id,
            TaskId = new TaskID { Value = id },
            SlaveId = new SlaveID { Value = AgentId },
        },
    });

    public void KillTask(string id) => Send(new KillTaskMessage
    {
        FrameworkId = new FrameworkID { Value = Framework },
        TaskId = new TaskID { Value = id },
    });

    public void Acknowledge(StatusUpdate update) => Send(new StatusUpdateAcknowledgementMessage
    {
        SlaveId = new SlaveID { Value = AgentId },
        FrameworkId = new FrameworkID { Value = Framework },
        TaskId = update.Status.TaskId,
        Uuid = update.Uuid,
    });

    public void Update(string task, TaskState state) =>
        Driver.SendStatusUpdate(new TaskStatus { TaskId = new TaskID { Value = task }, State = state }.ToByteArray());

    public void Reconnect(string? agent = null) =>
        Send(new ReconnectExecutorMessage { SlaveId = new SlaveID { Value = agent ?? AgentId } });

    public void Reregistered() => Send(new ExecutorReregisteredMessage
    {
        SlaveId = new SlaveID { Value = AgentId },
        SlaveInfo = new SlaveInfo { Hostname = "h" },
    });

    public async Task StopAgentAsync() => await _agent.DisposeAsync();

    /// <summary>The agent comes back at its old address.</summary>
    public void StartAgent()
    {
        _agent = new LibprocessNode("slave(1)", new LibprocessOptions { Port = Agent.Address.Port });
        _agent.Start(Messages.Post);
    }

    public async ValueTask DisposeAsync()
    {
        await Driver.DisposeAsync();
        await _agent.DisposeAsync();
    }
}
