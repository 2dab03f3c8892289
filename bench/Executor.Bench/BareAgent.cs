using System.Collections.Immutable;
using System.Diagnostics;
using System.Threading.Channels;
using Executor.Core.Ports;
using Executor.Core.Processes;
using Executor.Libprocess.Wire;
using Google.Protobuf;
using Mesos;
using Mesos.Internal;

namespace Executor.Bench;

/// <summary>
/// The agent's side of one executor's start, with nothing between the wire and the clock: starts the program, and
/// stamps each message as it comes in.
/// </summary>
internal sealed class BareAgent : IAsyncDisposable
{
    public sealed record Stamped(long Ticks, LibprocessMessage Message);

    private readonly LibprocessNode _node = new("slave(1)", new LibprocessOptions());
    private readonly Channel<Stamped> _messages = Channel.CreateUnbounded<Stamped>();
    private readonly string _out;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly DirectoryInfo _sandbox = Directory.CreateTempSubdirectory("executor-bench-");
    private ISupervisedProcess? _executor;
    private Upid? _peer;

    private static readonly FrameworkID Framework = new() { Value = "bench-0000" };
    private static readonly SlaveID Agent = new() { Value = "bench-S0" };
    private static readonly ExecutorID Id = new() { Value = "bench" };
    private static readonly FrameworkInfo Info = new() { User = "root", Name = "bench", Id = Framework };

    /// <param name="folder">Where the published programs are.</param>
    /// <param name="settings">For the executor's environment.</param>
    public BareAgent(string folder, IReadOnlyDictionary<string, string> settings)
    {
        _out = folder;
        _settings = settings;
        _node.Start(e =>
        {
            if (e is LibprocessEvent.Received received)
                _messages.Writer.TryWrite(new Stamped(Stopwatch.GetTimestamp(), received.Message));
        });
    }

    public int ExecutorPid => _executor!.Pid;

    /// <summary>The path of a file in the sandbox.</summary>
    public string File(string name) => Path.Combine(_sandbox.FullName, name);

    /// <summary>What the executor wrote.</summary>
    public string Log => System.IO.File.ReadAllText(File("stderr"));

    /// <returns>From just before the published executor is started until RegisterExecutorMessage is in.</returns>
    public Task<TimeSpan> StartExecutorAsync() => StartAsync(Path.Combine(_out, "executor"));

    /// <param name="program">Anything that registers as an executor.</param>
    public async Task<TimeSpan> StartAsync(string program, params string[] arguments)
    {
        var launcher = new SupervisedProcessLauncher(Path.Combine(_out, "task-supervisor"), TimeProvider.System);
        var log = System.IO.File.OpenHandle(File("stderr"), FileMode.Create, FileAccess.Write);
        using var output = System.IO.File.OpenHandle(File("stdout"), FileMode.Create, FileAccess.Write);
        var start = Stopwatch.GetTimestamp();
        _executor = await launcher.LaunchAsync(
            new ProcessDescription
            {
                Program = program,
                Arguments = [program, .. arguments],
                WorkingDirectory = _sandbox.FullName,
                StandardOutput = output,
                StandardError = log,
                Environment = ImmutableDictionary.CreateRange(new Dictionary<string, string>
                {
                    ["PATH"] = "/usr/bin:/bin",
                    ["LIBPROCESS_IP"] = "127.0.0.1",
                    ["MESOS_SLAVE_PID"] = _node.Self.ToString(),
                    ["MESOS_SLAVE_ID"] = Agent.Value,
                    ["MESOS_FRAMEWORK_ID"] = Framework.Value,
                    ["MESOS_EXECUTOR_ID"] = Id.Value,
                    ["MESOS_DIRECTORY"] = _sandbox.FullName,
                }).SetItems(_settings),
            },
            CancellationToken.None);
        var registered = await NextAsync("RegisterExecutorMessage");
        _peer = registered.Message.From;
        log.Dispose();
        return Stopwatch.GetElapsedTime(start, registered.Ticks);
    }

    public void AcceptRegistration() => Send(new ExecutorRegisteredMessage
    {
        ExecutorInfo = ExecutorFor("true"),
        FrameworkId = Framework,
        FrameworkInfo = Info,
        SlaveId = Agent,
        SlaveInfo = new SlaveInfo { Hostname = "localhost" },
    });

    /// <returns>From handing RunTaskMessage to the wire until the update with TASK_RUNNING is in.</returns>
    /// <param name="change">What else the framework asks for.</param>
    public async Task<TimeSpan> RunTaskAsync(string command, Action<TaskInfo>? change = null)
    {
        AcceptRegistration();
        var task = new TaskInfo
        {
            Name = "bench",
            TaskId = new TaskID { Value = "bench" },
            SlaveId = Agent,
            Executor = ExecutorFor(command),
        };
        change?.Invoke(task);
        var start = Stopwatch.GetTimestamp();
        Send(new RunTaskMessage { FrameworkId = Framework, Framework = Info, Pid = "", Task = task });
        RunningAt = await StateAsync(TaskState.TaskRunning);
        return Stopwatch.GetElapsedTime(start, RunningAt);
    }

    /// <summary>When TASK_RUNNING came in.</summary>
    public long RunningAt { get; private set; }

    /// <returns>The timestamp from just before the message was handed to the wire.</returns>
    public long KillTask()
    {
        var start = Stopwatch.GetTimestamp();
        Send(new KillTaskMessage { FrameworkId = Framework, TaskId = new TaskID { Value = "bench" } });
        return start;
    }

    /// <summary>Acknowledges updates until one has this state.</summary>
    /// <returns>When that came in.</returns>
    public async Task<long> StateAsync(TaskState state)
    {
        while (true)
        {
            var update = await NextAsync("StatusUpdateMessage");
            var status = StatusUpdateMessage.Parser.ParseFrom(update.Message.Body.Span).Update;
            Send(new StatusUpdateAcknowledgementMessage
            {
                SlaveId = Agent,
                FrameworkId = Framework,
                TaskId = status.Status.TaskId,
                Uuid = status.Uuid,
            });
            if (status.Status.State == state) return update.Ticks;
            if (status.Status.State is not (TaskState.TaskStarting or TaskState.TaskRunning))
                throw new InvalidOperationException(status.ToString());
        }
    }

    /// <summary>Waits until the program has ended by itself.</summary>
    public async Task<ProcessExit> ExitAsync() =>
        await _executor!.LeaderExit.WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        if (_executor is not null)
        {
            _executor.Signal(Signals.Kill);
            await _executor.TreeEmpty;
            await _executor.DisposeAsync();
        }

        await _node.DisposeAsync();
        _sandbox.Delete(recursive: true);
    }

    private static ExecutorInfo ExecutorFor(string command) => new()
    {
        ExecutorId = Id,
        FrameworkId = Framework,
        Command = new CommandInfo { Value = $"chmod ug+rx 'executor' && exec 'executor' {command}" },
    };

    private void Send(IMessage message) =>
        _node.Send(_peer!, message.Descriptor.FullName, message.ToByteArray());

    private async Task<Stamped> NextAsync(string name)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3), TimeProvider.System);
        var next = await _messages.Reader.ReadAsync(limit.Token);
        return next.Message.Name == $"mesos.internal.{name}"
            ? next
            : throw new InvalidOperationException($"waited for {name}, got {next.Message.Name}");
    }
}
