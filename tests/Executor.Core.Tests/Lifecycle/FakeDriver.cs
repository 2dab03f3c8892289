using System.Text;
using System.Threading.Channels;
using Executor.Core.Ports;
using Google.Protobuf;
using Mesos;
using TaskStatus = Mesos.TaskStatus;

namespace Executor.Core.Tests.Lifecycle;

/// <summary>A driver whose agent is the test: it posts what the test says and keeps what it is sent.</summary>
internal sealed class FakeDriver(bool reportsAcknowledgements = true) : IExecutorDriver
{
    private readonly Channel<TaskStatus> _statuses = Channel.CreateUnbounded<TaskStatus>();
    private readonly Channel<string> _messages = Channel.CreateUnbounded<string>();
    private Action<DriverEvent> _post = _ => { };

    public bool ReportsAcknowledgements { get; } = reportsAcknowledgements;

    /// <summary>Whether each update is acknowledged at once.</summary>
    public bool Acknowledges { get; set; } = reportsAcknowledgements;

    public void Start(Action<DriverEvent> post) => _post = post;

    public void SendStatusUpdate(ReadOnlySpan<byte> taskStatus)
    {
        var status = TaskStatus.Parser.ParseFrom(taskStatus);
        _statuses.Writer.TryWrite(status);
        if (Acknowledges) Post(new DriverEvent.UpdateAcknowledged(status.TaskId.Value));
    }

    public void SendFrameworkMessage(ReadOnlySpan<byte> data) => _messages.Writer.TryWrite(Encoding.UTF8.GetString(data));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public void Post(DriverEvent driverEvent) => _post(driverEvent);

    public void Register(bool killingState = false)
    {
        var framework = new FrameworkInfo { Name = "test", User = "root" };
        if (killingState)
        {
            framework.Capabilities.Add(new FrameworkInfo.Types.Capability
            {
                Type = FrameworkInfo.Types.Capability.Types.Type.TaskKillingState,
            });
        }

        Post(new DriverEvent.Registered(
            new ExecutorInfo
            {
                ExecutorId = new ExecutorID { Value = "e" },
                Command = new CommandInfo { Value = "chmod ug+rx 'e' && exec 'e' run" },
            }.ToByteArray(),
            framework.ToByteArray(),
            new SlaveInfo { Hostname = "host" }.ToByteArray()));
    }

    /// <summary>Launches a task; its command is the executor's.</summary>
    /// <param name="graceSeconds">Of its kill policy; null sets none.</param>
    /// <param name="change">Whatever else is special about it.</param>
    public void Launch(string id, double? graceSeconds = null, Action<TaskInfo>? change = null)
    {
        var task = new TaskInfo
        {
            Name = id,
            TaskId = new TaskID { Value = id },
            SlaveId = new SlaveID { Value = "S0" },
        };
        if (graceSeconds is { } seconds)
        {
            task.KillPolicy = new KillPolicy
            {
                GracePeriod = new DurationInfo { Nanoseconds = (long)(seconds * 1e9) },
            };
        }

        change?.Invoke(task);
        Post(new DriverEvent.LaunchTask(task.ToByteArray()));
    }

    /// <summary>A framework's message.</summary>
    public void Send(string text) => Post(new DriverEvent.FrameworkMessage(Encoding.UTF8.GetBytes(text)));

    public void Kill(string id) => Post(new DriverEvent.KillTask(new TaskID { Value = id }.ToByteArray()));

    public async Task<TaskStatus> NextStatus(CancellationToken cancellationToken) =>
        await _statuses.Reader.ReadAsync(cancellationToken);

    /// <summary>The next states of all tasks, as Mesos writes them.</summary>
    public async Task<string[]> NextStates(int count, CancellationToken cancellationToken)
    {
        var states = new string[count];
        for (var i = 0; i < count; i++)
            states[i] = Executor.Core.Lifecycle.ProtoNames.Of((await NextStatus(cancellationToken)).State);
        return states;
    }

    /// <summary>The next message to the framework.</summary>
    public async Task<string> NextMessage(CancellationToken cancellationToken) =>
        await _messages.Reader.ReadAsync(cancellationToken);

    /// <summary>Every status that was sent and not taken yet.</summary>
    public IReadOnlyList<TaskStatus> Rest()
    {
        var rest = new List<TaskStatus>();
        while (_statuses.Reader.TryRead(out var status)) rest.Add(status);
        return rest;
    }
}
