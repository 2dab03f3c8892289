using System.Globalization;
using System.Threading.Channels;
using Executor.Core.Ports;
using Executor.Libprocess.Wire;
using Google.Protobuf;
using Mesos;
using Mesos.Internal;

namespace Executor.Libprocess;

/// <summary>
/// A Mesos agent for one machine: starts executors as an agent does and speaks the agent's side of the v0 executor
/// protocol with them. There is no master and no scheduler: the owner of this object is both.
/// </summary>
/// <remarks>
/// All members may be called from any thread, and none waits for an executor but <see cref="RestartAsync"/> and
/// <see cref="DisposeAsync"/>. Commands take effect one after another, in the order of the calls, on one loop that
/// also takes the executors' messages; everything private here but the loop's inbox belongs to that loop.
/// </remarks>
public sealed partial class LocalAgent : IAsyncDisposable
{
    private const string ActorName = "slave(1)";

    private readonly LocalAgentOptions _options;
    private readonly LocalAgentRules _rules;
    private readonly IProcessLauncher _launcher;
    private readonly TimeProvider _time;
    private readonly FrameworkInfo _framework;
    private readonly SlaveInfo _agentInfo;
    private readonly string _schedulerPid;
    private readonly Channel<Func<ValueTask>> _inbox =
        Channel.CreateUnbounded<Func<ValueTask>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Channel<AgentEvent> _events =
        Channel.CreateUnbounded<AgentEvent>(new UnboundedChannelOptions { SingleWriter = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<string, LocalAgentExecutor> _executors = [];
    private readonly HashSet<LocalAgentExecutor> _supervised = [];
    private LibprocessNode _node;
    private Task _loop = Task.CompletedTask;
    private bool _disposed;

    /// <summary>Binds the listener, so that <see cref="Self"/> is known; nothing is accepted before <see cref="Start"/>.</summary>
    /// <exception cref="ArgumentException">The options name a Mesos release outside 0.22 to 1.11.</exception>
    public LocalAgent(LocalAgentOptions options, IProcessLauncher launcher, TimeProvider time)
    {
        _options = options;
        _rules = new LocalAgentRules(options.MesosVersion, options.Framework);
        _launcher = launcher;
        _time = time;
        _node = new LibprocessNode(ActorName, options.Libprocess);
        Self = _node.Self;

        var cluster = Guid.NewGuid().ToString("D", CultureInfo.InvariantCulture);
        AgentId = $"{cluster}-S0";
        _framework = options.Framework.Clone();
        _framework.Id ??= new FrameworkID { Value = $"{cluster}-0000" };
        if (!_framework.HasHostname) _framework.Hostname = options.Hostname;
        _framework.Checkpoint = options.Checkpoint;
        _schedulerPid = $"scheduler-{cluster}@{Self.Address}";
        _agentInfo = new SlaveInfo
        {
            Hostname = options.Hostname,
            Id = new SlaveID { Value = AgentId },
            Checkpoint = true,
            Port = Self.Address.Port,
            Resources = { Scalar("cpus", System.Environment.ProcessorCount), Scalar("mem", 4096), Scalar("disk", 4096), Ports() },
        };
    }

    /// <summary>Everything that happens; completes after <see cref="DisposeAsync"/>. Not bounded: read it.</summary>
    public ChannelReader<AgentEvent> Events => _events.Reader;

    /// <summary>The agent's libprocess PID: what executors get as MESOS_SLAVE_PID. A restart keeps it.</summary>
    public Upid Self { get; }

    public string AgentId { get; }

    public string FrameworkId => _framework.Id.Value;

    /// <summary>Accepts connections and commands from now on; called once.</summary>
    public void Start()
    {
        Listen();
        _loop = Task.Run(RunAsync);
    }

    /// <summary>
    /// Gives a task to its executor, which is started when it does not run yet. Agent and framework ids are filled in.
    /// </summary>
    /// <param name="task">Copied; must carry <c>executor</c> with a command.</param>
    /// <exception cref="ArgumentException">The task is not one that reaches a custom executor; the message says why.</exception>
    public void LaunchTask(TaskInfo task)
    {
        if (task.Executor is not { Command: not null } executor)
        {
            throw new ArgumentException("The task names no executor with a command.", nameof(task));
        }

        RequireId("task_id", task.TaskId?.Value);
        RequireId("executor_id", executor.ExecutorId?.Value);
        var given = task.Clone();
        given.SlaveId = _agentInfo.Id.Clone();
        given.Executor.FrameworkId = _framework.Id.Clone();
        if (_rules.HasAllocationInfo)
        {
            foreach (var resource in given.Resources.Concat(given.Executor.Resources))
            {
                resource.AllocationInfo ??= new Resource.Types.AllocationInfo { Role = _framework.Role };
            }
        }

        if (!given.IsInitialized()) throw new ArgumentException("The task lacks a required field.", nameof(task));
        Post(() => LaunchAsync(given));
    }

    /// <summary>
    /// Asks for a task's end, as often as called. A task not given to its executor yet ends here and now; while the
    /// agent recovers from a restart kills are lost, as they are between a real master and its agent.
    /// </summary>
    /// <param name="gracePeriod">Sent as the kill's own <c>kill_policy</c> from 1.0.</param>
    public void KillTask(string taskId, TimeSpan? gracePeriod = null) => Post(() => Kill(taskId, gracePeriod));

    /// <summary>Sends a scheduler's message to an executor; dropped with a warning when it is not registered.</summary>
    /// <param name="data">Copied before the call returns.</param>
    public void SendFrameworkMessage(string executorId, ReadOnlySpan<byte> data)
    {
        var copy = ByteString.CopyFrom(data);
        Post(() => SendToExecutor(executorId, copy));
    }

    /// <summary>Tells an executor to end, and destroys its process tree after the shutdown grace period.</summary>
    public void ShutdownExecutor(string executorId) => Post(() =>
    {
        if (Find(executorId) is { } executor) Shutdown(executor);
    });

    /// <summary>Kills an executor's process tree at once: an agent's container destroy.</summary>
    public void DestroyExecutor(string executorId) => Post(() =>
    {
        if (Find(executorId) is { } executor) Destroy(executor);
    });

    /// <summary>From now on status updates are reported but not acknowledged, as when the agent cannot store them.</summary>
    public void HoldAcknowledgements() => Post(() => { _held ??= []; });

    /// <summary>Sends the acknowledgements held back so far, in order, and holds back no more.</summary>
    public void ReleaseAcknowledgements() => Post(Release);

    /// <summary>
    /// Stops the agent as a restart does: its connections break, and after <paramref name="downtime"/> it is back on
    /// the same port. When checkpointing it then recovers its executors: it asks them to reconnect, and destroys those
    /// that do not within the re-registration timeout. Commands given during the downtime wait.
    /// </summary>
    /// <returns>Completes when no executor is being recovered any more.</returns>
    /// <exception cref="ObjectDisposedException">The agent was disposed of before that.</exception>
    public Task RestartAsync(TimeSpan downtime) => RestartAsync(stopping => Task.Delay(downtime, _time, stopping));

    /// <summary>As above, with an agent that comes back when a task completes: the owner sees what happens until then.</summary>
    public Task RestartAsync(Task downtime) => RestartAsync(downtime.WaitAsync);

    private Task RestartAsync(Func<CancellationToken, Task> downtime)
    {
        var recovered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ObjectDisposedException.ThrowIf(!Post(() => RestartAsync(downtime, recovered)), this);
        return recovered.Task;
    }

    /// <summary>Sends an executor a message that the agent itself would not send, as one does that is confused.</summary>
    internal void SendUnasked(string executorId, IMessage message) => Post(() =>
    {
        if (Find(executorId)?.Pid is { } pid) _node.Send(pid, message.Descriptor.FullName, message.ToByteArray());
    });

    /// <summary>Kills what still runs, waits until no process is left, and closes the listener.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        _inbox.Writer.TryComplete();
        await _stopping.CancelAsync();
        await _loop;
        foreach (var executor in _supervised)
        {
            executor.Disarm();
            executor.Process?.Signal(Signals.Kill);
        }

        await Task.WhenAll(_supervised.Select(e => e.Supervision));
        await _node.DisposeAsync();
        _recovery?.TrySetException(new ObjectDisposedException(nameof(LocalAgent)));
        _events.Writer.TryComplete();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var step in _inbox.Reader.ReadAllAsync()) await step();
        }
        catch (Exception e)
        {
            // Whatever was not foreseen ends the agent where its owner looks, not silently.
            _inbox.Writer.TryComplete();
            _events.Writer.TryComplete(e);
            _recovery?.TrySetException(e);
        }
    }

    /// <returns>False when the agent takes no more: it is being disposed of.</returns>
    private bool Post(Func<ValueTask> step) => _inbox.Writer.TryWrite(step);

    private bool Post(Action step) => Post(() =>
    {
        step();
        return ValueTask.CompletedTask;
    });

    private void Report(AgentEvent happened) => _events.Writer.TryWrite(happened);

    private void Warn(string text) => Report(new AgentEvent.Warning(text));

    private LocalAgentExecutor? Find(string executorId)
    {
        var executor = _executors.GetValueOrDefault(executorId);
        if (executor is null) Warn($"There is no executor '{executorId}'");
        return executor;
    }

    /// <summary>Ids become folder names: Mesos masters refuse the same ones.</summary>
    private static void RequireId(string field, string? value)
    {
        if (string.IsNullOrEmpty(value) || value is "." or ".." || value.Any(c => c == '/' || char.IsControl(c)))
        {
            throw new ArgumentException($"The task's {field} is '{value}'; an id is not empty, '.' or '..' and has no '/' or control character.");
        }
    }

    private static Resource Scalar(string name, double value) => new()
    {
        Name = name,
        Type = Value.Types.Type.Scalar,
        Scalar = new Value.Types.Scalar { Value = value },
        Role = "*",
    };

    private static Resource Ports() => new()
    {
        Name = "ports",
        Type = Value.Types.Type.Ranges,
        Ranges = new Value.Types.Ranges { Range = { new Value.Types.Range { Begin = 31000, End = 31999 } } },
        Role = "*",
    };
}
