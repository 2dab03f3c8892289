using System.Threading.Channels;
using Executor.Libprocess.Wire;
using Google.Protobuf;
using Mesos;
using Mesos.Internal;
using TaskStatus = Mesos.TaskStatus;

namespace Executor.Libprocess.Tests.Agent;

/// <summary>An executor without a driver: a bare node that sends and receives what a test tells it to.</summary>
internal sealed class FakeExecutor : IAsyncDisposable
{
    private readonly LibprocessNode _node = new("executor(1)", new LibprocessOptions());
    // Apart, because a broken link and a message on a fresh connection have no order.
    private readonly Channel<LibprocessMessage> _messages = Channel.CreateUnbounded<LibprocessMessage>();
    private readonly Channel<LibprocessEvent.LinkBroken> _brokenLinks = Channel.CreateUnbounded<LibprocessEvent.LinkBroken>();
    private readonly LocalAgent _agent;
    private readonly CancellationToken _limit;

    public FakeExecutor(LocalAgent agent, string id, CancellationToken limit)
    {
        _agent = agent;
        _limit = limit;
        Id = id;
        _node.Start(Take);
    }

    public string Id { get; }

    public void Link() => _node.Link(_agent.Self);

    public void Register() => Send(new RegisterExecutorMessage
    {
        FrameworkId = new FrameworkID { Value = _agent.FrameworkId },
        ExecutorId = new ExecutorID { Value = Id },
    });

    public void Reregister(IEnumerable<TaskInfo> tasks, params StatusUpdate[] updates) => Send(
        new ReregisterExecutorMessage
        {
            FrameworkId = new FrameworkID { Value = _agent.FrameworkId },
            ExecutorId = new ExecutorID { Value = Id },
            Tasks = { tasks },
            Updates = { updates },
        });

    public StatusUpdate Update(string taskId, TaskState state)
    {
        var uuid = ByteString.CopyFrom(Guid.NewGuid().ToByteArray());
        var slaveId = new SlaveID { Value = _agent.AgentId };
        return new StatusUpdate
        {
            FrameworkId = new FrameworkID { Value = _agent.FrameworkId },
            ExecutorId = new ExecutorID { Value = Id },
            SlaveId = slaveId,
            Status = new TaskStatus
            {
                TaskId = new TaskID { Value = taskId },
                State = state,
                SlaveId = slaveId,
                Timestamp = 1,
                Uuid = uuid,
            },
            Timestamp = 1,
            Uuid = uuid,
        };
    }

    public StatusUpdate SendUpdate(string taskId, TaskState state)
    {
        var update = Update(taskId, state);
        Send(update);
        return update;
    }

    public void Send(StatusUpdate update) =>
        Send(new StatusUpdateMessage { Update = update, Pid = _node.Self.ToString() });

    public void Send<T>(T message)
        where T : IMessage<T> =>
        _node.Send(_agent.Self, "mesos.internal." + typeof(T).Name, message.ToByteArray());

    public async Task<T> ExpectAsync<T>()
        where T : class, IMessage<T>, new()
    {
        var received = await _messages.Reader.ReadAsync(_limit);
        Assert.That(received.Name, Is.EqualTo("mesos.internal." + typeof(T).Name));
        var message = new T();
        message.MergeFrom(received.Body.Span);
        return message;
    }

    public async Task ExpectAcknowledgementAsync(StatusUpdate update)
    {
        var acknowledgement = await ExpectAsync<StatusUpdateAcknowledgementMessage>();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(acknowledgement.Uuid, Is.EqualTo(update.Uuid));
            Assert.That(acknowledgement.TaskId, Is.EqualTo(update.Status.TaskId));
            Assert.That(acknowledgement.FrameworkId.Value, Is.EqualTo(_agent.FrameworkId));
            Assert.That(acknowledgement.SlaveId.Value, Is.EqualTo(_agent.AgentId));
        }
    }

    public async Task ExpectLinkBrokenAsync() => await _brokenLinks.Reader.ReadAsync(_limit);

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private void Take(LibprocessEvent happened)
    {
        if (happened is LibprocessEvent.Received received) _messages.Writer.TryWrite(received.Message);
        if (happened is LibprocessEvent.LinkBroken broken) _brokenLinks.Writer.TryWrite(broken);
    }
}
