using System.Threading.Channels;
using Executor.Core.Configuration;
using Executor.Core.Hooks;
using Executor.Core.Ports;
using Executor.Core.Telemetry;
using Mesos;
using NLog;

namespace Executor.Core.Lifecycle;

/// <summary>
/// The executor itself: the only reader of the channel that the driver, the signals and the tasks' ends post to. Keeps
/// one <see cref="TaskSupervision"/> per task and leaves when the last task's last update is safe with the agent.
/// </summary>
public sealed class ExecutorHost
{
    private abstract record HostMessage
    {
        public sealed record FromDriver(DriverEvent Event) : HostMessage;

        public sealed record TaskEnded(string Id) : HostMessage;

        public sealed record LeaveTimeOver(int Wait) : HostMessage;
    }

    private static readonly Logger Log = LogManager.GetLogger("executor");

    private readonly IExecutorDriver _driver;
    private readonly IProcessLauncher _launcher;
    private readonly ExecutorHostOptions _options;
    private readonly TimeProvider _time;
    private readonly StatusReporter _reporter;
    private readonly Dictionary<string, TaskSupervision> _tasks = new(StringComparer.Ordinal);
    private readonly EndedTasks _ended = new();
    private readonly LeaveWatch _leave;

    private readonly Channel<HostMessage> _messages =
        Channel.CreateUnbounded<HostMessage>(new UnboundedChannelOptions { SingleReader = true });

    private ExecutorInfo _executor = new();
    private ExecutorIdentity _identity = ExecutorIdentity.None;
    private bool _reportsKilling;
    private bool _failed;

    public ExecutorHost(
        IExecutorDriver driver, IProcessLauncher launcher, ExecutorHostOptions options, TimeProvider time)
    {
        _driver = driver;
        _launcher = launcher;
        _options = options;
        _time = time;
        _reporter = new StatusReporter(driver, options.AgentRelease, options.Mask, time);
        _leave = new LeaveWatch(
            options, driver, _reporter, time, wait => _messages.Writer.TryWrite(new HostMessage.LeaveTimeOver(wait)));
    }

    /// <summary>Asks the executor to end as the agent would: SIGTERM and SIGINT. Any thread, any number of times.</summary>
    public void Shutdown(string why) => Post(new DriverEvent.Shutdown(why));

    /// <summary>Starts the driver and runs until the executor may leave.</summary>
    /// <returns>The process's exit code: 0, or 1 when the driver failed.</returns>
    /// <exception cref="DriverException">The driver cannot start.</exception>
    public async Task<int> RunAsync()
    {
        _driver.Start(Post);
        // What has come in meanwhile may be a task.
        while (!_leave.HasCome || _messages.Reader.TryPeek(out _))
        {
            var message = await _messages.Reader.ReadAsync();
            try
            {
                Handle(message);
            }
            catch (Exception e)
            {
                // Whatever a message holds, the tasks that run are worth more than it.
                Log.Error(e, "dropped what could not be handled: {0}", message.GetType().Name);
            }
        }

        if (_leave.Unacknowledged is > 0 and var updates)
            Log.Warn("leaving with {0} updates that the agent did not acknowledge", updates);
        _leave.Stop();
        return _failed ? 1 : 0;
    }

    private void Post(DriverEvent driverEvent) => _messages.Writer.TryWrite(new HostMessage.FromDriver(driverEvent));

    private void Handle(HostMessage message)
    {
        switch (message)
        {
            case HostMessage.FromDriver { Event: var driverEvent }:
                Handle(driverEvent);
                break;
            case HostMessage.TaskEnded { Id: var id }:
                _tasks.Remove(id);
                _ended.Add(id);
                ConsiderLeaving();
                break;
            case HostMessage.LeaveTimeOver { Wait: var wait }:
                _leave.TimeOver(wait);
                break;
        }
    }

    private void Handle(DriverEvent driverEvent)
    {
        switch (driverEvent)
        {
            case DriverEvent.Registered registered:
                OnRegistered(registered);
                break;
            case DriverEvent.Reregistered:
                Log.Info("re-registered with the agent");
                Instruments.AgentReturns.Add(1);
                _leave.Connected();
                ConsiderLeaving();
                break;
            case DriverEvent.Disconnected:
                Log.Warn("the agent is gone; the tasks run on until it is back");
                _leave.Disconnected();
                ConsiderLeaving();
                break;
            case DriverEvent.LaunchTask launch:
                OnLaunch(TaskInfo.Parser.ParseFrom(launch.TaskInfo.Span));
                break;
            case DriverEvent.KillTask kill:
                OnKill(TaskID.Parser.ParseFrom(kill.TaskId.Span));
                break;
            case DriverEvent.FrameworkMessage message:
                _driver.SendFrameworkMessage(FrameworkMessages.Answer(message.Data.Span, Snapshot, Destroy, _time));
                break;
            case DriverEvent.UpdateAcknowledged:
                _reporter.Acknowledged();
                ConsiderLeaving();
                break;
            case DriverEvent.Shutdown shutdown:
                if (shutdown.AgentGone) _leave.AgentGone();
                OnShutdown(shutdown.Why);
                break;
            case DriverEvent.Error error:
                Log.Error("the driver failed: {0}", error.Message);
                _failed = true;
                OnShutdown($"the executor driver failed: {error.Message}");
                break;
        }
    }

    private void OnRegistered(DriverEvent.Registered registered)
    {
        _leave.Connected();
        _executor = ExecutorInfo.Parser.ParseFrom(registered.ExecutorInfo.Span);
        var framework = FrameworkInfo.Parser.ParseFrom(registered.FrameworkInfo.Span);
        var agent = SlaveInfo.Parser.ParseFrom(registered.AgentInfo.Span);
        _reportsKilling = framework.Capabilities.Any(
            c => c.Type == FrameworkInfo.Types.Capability.Types.Type.TaskKillingState);
        _identity = new ExecutorIdentity(_executor.ExecutorId.Value, framework.Name, agent.Hostname);
        Log.Info("registered with the agent on {0} for framework {1}", agent.Hostname, framework.Name);
        ConsiderLeaving();
    }

    private void OnLaunch(TaskInfo task)
    {
        var id = task.TaskId.Value;
        if (_tasks.ContainsKey(id) || _ended.Contains(id))
        {
            TaskLogger.Get("executor", id).Error("refused, this executor was already given a task of that id");
            return;
        }

        if (!TaskCommand.TryResolve(task, _executor, _options.Arguments, out var command))
        {
            EndAtOnce(task, TerminalState.Invalid(
                "nothing to run: the executor's command has no text behind Marathon's \"chmod … && exec …\" prefix, "
                + "TaskInfo.data holds no CommandInfo (JSON or protobuf), and the executor has no arguments"));
            return;
        }

        TaskSupervision supervision;
        try
        {
            supervision = new TaskSupervision(task, command, Surroundings(task), _options.Hooks);
        }
        catch (InvalidTaskException e)
        {
            EndAtOnce(task, TerminalState.Invalid(e.Message));
            return;
        }
        catch (Exception e)
        {
            TaskLogger.Get("executor", id).Error(e, "it cannot be launched");
            EndAtOnce(task, new TerminalState(TaskState.TaskFailed, $"internal error of the executor: {e.Message}"));
            return;
        }

        _tasks.Add(id, supervision);
        _ = SuperviseAsync(id, supervision);
        if (_leave.ShuttingDown) supervision.Inbox.Shutdown(EndCause, "the executor is shutting down", _leave.ShutdownTimes);
        ConsiderLeaving();
    }

    private TaskSurroundings Surroundings(TaskInfo task) => new()
    {
        Launcher = _launcher,
        Reporter = _reporter.For(task),
        Time = _time,
        Identity = _identity,
        Sandbox = _options.Sandbox,
        Environment = _options.Environment,
        Withheld = _options.Withheld,
        Traits = _options.Traits with { Limits = TaskLimits.Resolve(_options.Traits.Limits, _executor, task) },
        ReportsKilling = _reportsKilling,
    };

    private async Task SuperviseAsync(string id, TaskSupervision supervision)
    {
        // The host reads on: a large task takes its time to start.
        await Task.Yield();
        try
        {
            using (supervision) await supervision.RunAsync();
        }
        catch (Exception e)
        {
            // The executor would never leave otherwise; the agent reports the task when it does.
            TaskLogger.Get("executor", id).Fatal(e, "its supervision failed");
        }

        _messages.Writer.TryWrite(new HostMessage.TaskEnded(id));
    }

    /// <summary>
    /// A kill can come for a task that was never delivered (MESOS-8297), and the framework waits for an answer; it can
    /// come again after the answer, and a second terminal status must never follow.
    /// </summary>
    private void OnKill(TaskID task)
    {
        if (_tasks.TryGetValue(task.Value, out var supervision)) supervision.Inbox.Kill();
        else if (!_ended.Contains(task.Value))
            EndAtOnce(new TaskInfo { TaskId = task }, new TerminalState(TaskState.TaskKilled, "killed before the executor was given the task"));
    }

    private bool Destroy(string id)
    {
        if (!_tasks.TryGetValue(id, out var supervision) || supervision.IsOver) return false;
        supervision.Inbox.Destroy();
        return true;
    }

    private HostSnapshot Snapshot() => new()
    {
        Executor = _identity,
        ShuttingDown = _leave.ShuttingDown,
        Unacknowledged = _leave.Unacknowledged,
        Tasks = _tasks.Values.Where(supervision => !supervision.IsOver).Select(supervision => supervision.Snapshot),
        Hooks = _options.Hooks.Counts.All,
    };

    private void EndAtOnce(TaskInfo task, TerminalState terminal)
    {
        _reporter.For(task).Send(terminal.State, terminal.Message, terminal.Reason);
        Instruments.CountEnd(task.TaskId.Value, ProtoNames.Of(terminal.State), ExitText.Kind(null));
        _ended.Add(task.TaskId.Value);
        ConsiderLeaving();
    }

    private EndRequest EndCause => _failed ? EndRequest.Failure : EndRequest.Shutdown;

    private void OnShutdown(string why)
    {
        if (!_leave.ShuttingDown) Log.Info("shutting down: {0}", why);
        _leave.ShutDown();
        foreach (var supervision in _tasks.Values) supervision.Inbox.Shutdown(EndCause, why, _leave.ShutdownTimes);
        ConsiderLeaving();
    }

    private void ConsiderLeaving() => _leave.Consider(_tasks.Count > 0, _ended.Any);
}
