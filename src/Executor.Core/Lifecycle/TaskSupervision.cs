using Executor.Core.Configuration;
using Executor.Core.Hooks;
using Executor.Core.Ports;
using Mesos;
using Reason = Mesos.TaskStatus.Types.Reason;

namespace Executor.Core.Lifecycle;

/// <summary>
/// The only owner of one task's state, from its launch to its one terminal status.
/// <code>
///              started             leader exited, or end requested       retreated          tree empty
///   Starting ----------> Running ----------------------------> Retreating --> Terminating ----------> Ended
///      |                                                                                                ^
///      +--- not started, or end requested before it was ------------------------------------------------+
/// </code>
/// Starting: the BeforeStart hooks, then the launch. Running: AfterStart, and once the task is healthy WarmUp and
/// Announce. Retreating: what comes before the first signal (<see cref="Retreat"/>). Terminating: SIGTERM to the whole
/// tree, the grace period, SIGKILL until nothing is left. The wait is for the tree, never for the leader: a shell dies of
/// SIGTERM before what it started does.
/// </summary>
internal sealed class TaskSupervision : IDisposable
{
    private enum Phase
    {
        Starting,
        Running,
        Retreating,
        Terminating,
        Ended,
    }

    private readonly TaskInfo _task;
    private readonly TaskSurroundings _surroundings;
    private readonly TaskStory _story;
    private readonly HookPipeline _hooks;
    private readonly TaskLaunch _launch;
    private readonly Ascent _ascent;
    private readonly Retreat _retreat;
    private readonly TimeSpan? _maximumRunTime;
    private readonly Deadline _terminate;
    private readonly Deadline _kill;
    private readonly Deadline _maximum;
    private readonly Deadline _giveUp;

    /// <summary>When an end that was asked for does not wait any longer for a start that cannot be broken off.</summary>
    private readonly Deadline _abandon;

    /// <summary>When a shutdown's time is over: until then AfterExit may go on.</summary>
    private readonly Deadline _over;

    private readonly CancellationTokenSource _tooLate = new();

    private Phase _phase = Phase.Starting;
    private TimeSpan _grace;
    private ISupervisedProcess? _process;
    private TaskEnding _ending = TaskEnding.None;
    private bool _treeEmpty;
    private bool _gaveUp;

    /// <summary>Whether the launch goes on, with the hooks, and is ended as soon as it is over.</summary>
    private bool _leftBehind;
    private Task<TaskMessage>? _launching;
    private TerminalState? _terminal;

    /// <exception cref="InvalidTaskException">What the task's labels ask for makes no sense.</exception>
    public TaskSupervision(TaskInfo task, TaskCommand command, TaskSurroundings surroundings, HookFactories hooks)
    {
        var labels = new TaskLabels(task);
        _task = task;
        _surroundings = surroundings;
        _story = new TaskStory(task.TaskId.Value, surroundings.Time);
        _grace = EndBudget.Grace(task);
        _maximumRunTime = MaximumRunTime.Of(task, labels);
        _launch = new TaskLaunch(command, surroundings, surroundings.Withheld(labels), _grace);
        _hooks = hooks.Create(task, labels, _launch.Description, command.AppVariables, surroundings.Identity, Inbox, _story.Log);
        _ascent = new Ascent(_hooks, surroundings.Reporter, Inbox);
        _retreat = new Retreat(_hooks, labels.Get(HookLabels.Drain, hooks.Drain), surroundings.Time);
        (_terminate, _kill, _giveUp) = (NewDeadline(Terminate), NewDeadline(Kill), NewDeadline(GiveUp));
        (_maximum, _abandon, _over) = (NewDeadline(EndAtMaximum), NewDeadline(Abandon), NewDeadline(() => _ = _tooLate.CancelAsync()));
    }

    /// <summary>The task as it is; any thread.</summary>
    public TaskSnapshot Snapshot => new(_task.TaskId.Value, _surroundings.Reporter.State, _process?.Pid, _story.Launched);

    /// <summary>Whether its terminal status was sent; any thread.</summary>
    public bool IsOver => _surroundings.Reporter.IsOver;

    /// <summary>Where everything that happens to the task goes; any thread.</summary>
    public TaskInbox Inbox { get; } = new();

    /// <summary>
    /// Runs the task's whole life; completes when its terminal status was handed to the reporter and the hooks are done.
    /// Never faults: an error of ours ends the task and is its terminal status.
    /// </summary>
    public async Task RunAsync()
    {
        var terminal = await SuperviseAsync();
        _surroundings.Reporter.Send(terminal.State, terminal.Message, terminal.Reason);
        _story.Ended(terminal.State, _ending.Exit);
        // After the status: a hook, a supervisor that does not answer, or a process stuck in the kernel must not delay it.
        if (_process is not null)
        {
            await AfterExitAsync();
            var disposal = _process.DisposeAsync();
            if (!_gaveUp) await disposal;
        }

        if (!_leftBehind) await _hooks.DisposeAsync();
        _story.Over();
    }

    public void Dispose()
    {
        foreach (var deadline in new[] { _terminate, _kill, _maximum, _giveUp, _abandon, _over }) deadline.Dispose();
        _tooLate.Dispose();
        _retreat.Dispose();
        _ascent.Dispose();
    }

    private async Task<TerminalState> SuperviseAsync()
    {
        try
        {
            _surroundings.Reporter.Send(TaskState.TaskStarting);
            // Not here: a start that blocks, on a disk that hangs, must not block who reads on.
            _launching = Task.Run(() => _launch.RunAsync(_hooks, _story, _ascent.Token));
            _ = PostAsync(_launching);
            while (_phase != Phase.Ended) Handle(await Inbox.ReadAsync());
            return _terminal!;
        }
        catch (Exception e)
        {
            _story.Failed(e);
            _ascent.Stop();
            _process?.Signal(Signals.Kill);
            await _hooks.WithdrawAsync(CancellationToken.None);
            if (_launching is not null) LeaveBehind(_launching);
            return new TerminalState(TaskState.TaskFailed, $"internal error of the executor: {e.Message}");
        }
    }

    /// <summary>A shutdown's time also ends what was begun before it came.</summary>
    private async Task AfterExitAsync()
    {
        _over.Start();
        var hooks = _hooks.AfterExitAsync(_tooLate.Token);
        for (var next = Inbox.ReadAsync().AsTask(); await Task.WhenAny(hooks, next) == next; next = Inbox.ReadAsync().AsTask())
        {
            if (await next is TaskMessage.EndRequested { Shutdown.Over: var over }) _over.NoLaterThan(over);
            _over.Consider();
        }

        _over.Stop();
        await hooks;
    }

    private void Handle(TaskMessage message)
    {
        switch (message)
        {
            case TaskMessage.EndRequested request:
                OnEndRequested(request);
                break;
            case TaskMessage.Started started:
                OnStarted(started);
                break;
            case TaskMessage.NotStarted failed:
                End(failed.Error);
                break;
            case TaskMessage.StageDone done when _phase == Phase.Running:
                if (_ascent.OnStageDone(done.Stage, done.Error) is { } error)
                    OnEndRequested(new TaskMessage.EndRequested(EndRequest.HookFailed, error));
                else if (done is { Stage: HookStage.Announce, Error: null } && _hooks.Announces) _story.Announced();
                break;
            case TaskMessage.HealthReported health when _phase == Phase.Running:
                if (health.Healthy) _story.Healthy();
                _ascent.OnHealth(health.Healthy, health.Text);
                break;
            case TaskMessage.CheckReported check when _phase == Phase.Running:
                _surroundings.Reporter.Send(TaskState.TaskRunning, reason: Reason.TaskCheckStatusUpdated, check: check.Status);
                break;
            case TaskMessage.LeaderExited exited:
                OnLeaderExited(exited.Exit);
                break;
            case TaskMessage.TreeEmptied emptied:
                OnTreeEmptied(emptied.Usage);
                break;
            case TaskMessage.Retreated when _phase == Phase.Retreating:
                Terminate();
                break;
            case TaskMessage.TimeOver over:
                over.Deadline.Consider();
                break;
        }
    }

    private async Task PostAsync(Task<TaskMessage> message) => Inbox.Post(await message);

    private void OnStarted(TaskMessage.Started started)
    {
        var process = _process = started.Process;
        _launching = null; // its result holds the task's secrets
        _abandon.Stop();
        _story.Running(process.Pid);
        _ = ForwardAsync(process);
        if (_ending.Asked != EndRequest.None)
        {
            Terminate();
            return;
        }

        _phase = Phase.Running;
        _surroundings.Reporter.Send(TaskState.TaskRunning);
        if (_maximumRunTime is { } limit)
        {
            _maximum.NoLaterThan(limit);
            _maximum.Start();
        }

        _ascent.Begin(new StartedTask(process.Pid, started.Description, process.TreeEmpty));
    }

    private async Task ForwardAsync(ISupervisedProcess process)
    {
        Inbox.Post(new TaskMessage.LeaderExited(await process.LeaderExit));
        Inbox.Post(new TaskMessage.TreeEmptied(await process.TreeEmpty));
    }

    private void OnEndRequested(TaskMessage.EndRequested request)
    {
        // Before the times are set: from here on it is known whether there is something to withdraw.
        _ascent.Stop();
        var isFirst = _ending is { Asked: EndRequest.None, Exit: null };
        if (isFirst)
        {
            _ending = _ending with { Asked = request.Request, Why = request.Why };
            _story.EndAsked(request.Request, request.Why);
            if (_surroundings.ReportsKilling && TerminalState.IsKill(request.Request))
                _surroundings.Reporter.Send(TaskState.TaskKilling, request.Why);
        }

        if (request.Request is EndRequest.Destroy or EndRequest.MaximumRunTime)
        {
            _grace = TimeSpan.Zero;
            _retreat.Hurry();
        }

        if (request.Shutdown is { } shutdown)
        {
            _giveUp.NoLaterThan(shutdown.GiveUp);
            _abandon.NoLaterThan(shutdown.GiveUp);
            _over.NoLaterThan(shutdown.Over);
        }

        if (SetTimes(request.Shutdown?.Kill) && !isFirst)
        {
            if (_ending.Asked != EndRequest.None) _ending = _ending with { Shortened = request.Why };
            _story.Shortened(request.Why, _kill.Left);
        }

        if (_phase == Phase.Running) Retreat();
        if (_phase != Phase.Starting || _abandon.IsRunning) return;
        _abandon.NoLaterThan(EndBudget.StartWait);
        _abandon.Start();
    }

    /// <returns>Whether SIGKILL has come nearer.</returns>
    private bool SetTimes(TimeSpan? budget)
    {
        var steps = _phase == Phase.Terminating ? EndSteps.Signals(_grace) : _retreat.Steps(_grace);
        var times = EndTimes.Of(steps, budget);
        _terminate.NoLaterThan(times.Terminate);
        return _kill.NoLaterThan(times.Kill);
    }

    private void OnLeaderExited(ProcessExit exit)
    {
        _ascent.Stop();
        _ending = _ending with { Exit = exit };
        _story.Exited(exit);
        _retreat.Hurry();
        if (_phase != Phase.Running) return;
        SetTimes(null);
        Retreat();
    }

    private void OnTreeEmptied(ResourceUsage? usage)
    {
        _treeEmpty = true;
        _ending = _ending with { Usage = usage };
        if (_phase == Phase.Retreating) return;
        _story.Empty(usage);
        End(null);
    }

    private void Retreat()
    {
        _phase = Phase.Retreating;
        _maximum.Stop();
        _hooks.OnEndBegun();
        if (!_retreat.IsNeeded)
        {
            Terminate();
            return;
        }

        _terminate.Start();
        _ = RetreatAsync();
    }

    private async Task RetreatAsync()
    {
        await _retreat.RunAsync();
        Inbox.Post(new TaskMessage.Retreated());
    }

    private void Terminate()
    {
        _phase = Phase.Terminating;
        _terminate.Stop();
        _retreat.Cut();
        if (_treeEmpty)
        {
            End(null);
            return;
        }

        _kill.NoLaterThan(_grace);
        _kill.Start();
        _story.Terminating(_kill.Left, _ending.Exit is not null);
        _process!.Signal(Signals.Terminate);
    }

    private Deadline NewDeadline(Action reached) =>
        new(_surroundings.Time, deadline => Inbox.Post(new TaskMessage.TimeOver(deadline)), reached);

    private void EndAtMaximum() => OnEndRequested(new TaskMessage.EndRequested(
        EndRequest.MaximumRunTime, $"the task reached its maximum completion time of {MesosDuration.Format(_maximumRunTime!.Value)}"));

    private void Kill()
    {
        _story.Killing(hadGrace: _grace > TimeSpan.Zero);
        _ending = _ending with { Escalated = true };
        _giveUp.NoLaterThan(EndBudget.KillWait);
        _giveUp.Start();
        _process!.Signal(Signals.Kill);
    }

    private void Abandon()
    {
        _story.Abandoned();
        LeaveBehind(_launching!);
        End("its start could not be broken off and was left behind");
    }

    private void GiveUp()
    {
        _gaveUp = true;
        _story.GaveUp();
        End(null);
    }

    private void LeaveBehind(Task<TaskMessage> launching)
    {
        _leftBehind = true;
        _ = EndLateAsync();

        async Task EndLateAsync()
        {
            if (await launching is TaskMessage.Started late)
            {
                late.Process.Signal(Signals.Kill);
                await late.Process.DisposeAsync();
            }

            await _hooks.DisposeAsync();
        }
    }

    private void End(string? startError)
    {
        _terminal = TerminalState.Decide(_ending with { StartError = startError });
        _phase = Phase.Ended;
    }
}
