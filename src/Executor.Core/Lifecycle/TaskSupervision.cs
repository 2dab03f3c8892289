using System.Threading.Channels;
using Executor.Core.Configuration;
using Executor.Core.Ports;
using Executor.Core.Processes;
using Mesos;

namespace Executor.Core.Lifecycle;

/// <summary>
/// The only owner of one task's state, from its launch to its one terminal status.
/// <code>
///              started             leader exited, or end requested        tree empty
///   Starting ----------> Running ------------------------------> Terminating -------> Ended
///      |                                                                                ^
///      +--- not started, or end requested before it was --------------------------------+
/// </code>
/// Terminating: SIGTERM to the whole tree, the grace period, SIGKILL until nothing is left. The wait is for the tree,
/// never for the leader: a shell dies of SIGTERM before what it started does.
/// </summary>
/// <remarks>
/// Everything that happens comes through one channel with one reader, so nothing here is shared. The public members
/// only post and may be called from any thread.
/// </remarks>
internal sealed class TaskSupervision(
    TaskInfo task, TaskCommand command, TimeSpan? maximumRunTime, TaskSupervision.Surroundings surroundings) : IDisposable
{
    /// <summary>What a supervision needs of the executor around it.</summary>
    public sealed record Surroundings(
        IProcessLauncher Launcher,
        TaskReporter Reporter,
        TimeProvider Time,
        string Sandbox,
        IReadOnlyDictionary<string, string> Environment,
        ProcessTraits Traits,
        bool ReportsKilling);

    private enum Phase
    {
        Starting,
        Running,
        Terminating,
        Ended,
    }

    private readonly Channel<TaskMessage> _messages =
        Channel.CreateUnbounded<TaskMessage>(new UnboundedChannelOptions { SingleReader = true });

    private readonly CancellationTokenSource _launch = new();
    private readonly TimeSpan _grace = EndBudget.Grace(task);
    private readonly TaskStory _story = new(task.TaskId.Value, surroundings.Time);
    private Phase _phase = Phase.Starting;
    private ISupervisedProcess? _process;
    private ProcessExit? _exit;
    private EndRequest _asked;
    private string _why = "";
    private bool _escalated;
    private Deadline? _kill;
    private Deadline? _maximum;
    private Deadline? _giveUp;
    private TerminalState? _terminal;

    private string Id => task.TaskId.Value;

    /// <summary>The task as it is; any thread.</summary>
    public TaskSnapshot Snapshot => new(Id, surroundings.Reporter.State, _process?.Pid, _story.Launched);

    /// <summary>Repeating it changes nothing.</summary>
    public void Kill() =>
        _messages.Writer.TryWrite(new TaskMessage.EndRequested(EndRequest.Kill, "killed by the framework", _grace));

    /// <summary>A kill with no grace; of one that is under way it takes the rest.</summary>
    public void Destroy() => _messages.Writer.TryWrite(new TaskMessage.EndRequested(
        EndRequest.Destroy, "destroyed by a framework message", TimeSpan.Zero));

    /// <summary>Ends the task within the budget of a shutdown, whatever was under way.</summary>
    /// <param name="request">Whether the executor has to go, or failed.</param>
    public void Shutdown(EndRequest request, string why, TimeSpan budget) => _messages.Writer.TryWrite(
        new TaskMessage.EndRequested(request, why, budget < _grace ? budget : _grace));

    /// <summary>
    /// Runs the task's whole life; completes after the terminal status was handed to the reporter. Never faults: an
    /// error of ours ends the task and is its terminal status.
    /// </summary>
    public async Task RunAsync()
    {
        var terminal = await SuperviseAsync();
        surroundings.Reporter.Send(terminal.State, terminal.Message, terminal.Reason);
        // After the status: a supervisor that does not answer, or a process stuck in the kernel, must not delay it.
        if (_process is not null) await _process.DisposeAsync();
        _story.Over();
    }

    public void Dispose()
    {
        _kill?.Dispose();
        _maximum?.Dispose();
        _giveUp?.Dispose();
        _launch.Dispose();
    }

    private async Task<TerminalState> SuperviseAsync()
    {
        try
        {
            surroundings.Reporter.Send(TaskState.TaskStarting);
            _ = LaunchAsync();
            while (_phase != Phase.Ended) Handle(await _messages.Reader.ReadAsync());
            return _terminal!;
        }
        catch (Exception e)
        {
            _story.Failed(e);
            await _launch.CancelAsync();
            _process?.Signal(Signals.Kill);
            return new TerminalState(TaskState.TaskFailed, $"internal error of the executor: {e.Message}");
        }
    }

    private void Handle(TaskMessage message)
    {
        switch (message)
        {
            case TaskMessage.EndRequested request:
                OnEndRequested(request);
                break;
            case TaskMessage.Started started:
                OnStarted(started.Process);
                break;
            case TaskMessage.NotStarted failed:
                End(failed.Error);
                break;
            case TaskMessage.LeaderExited exited:
                OnLeaderExited(exited.Exit);
                break;
            case TaskMessage.TreeEmptied:
                _story.Empty();
                End(null);
                break;
            case TaskMessage.TimeOver { Deadline: var deadline } when deadline.IsOver():
                deadline.Stop();
                OnTimeOver(deadline);
                break;
        }
    }

    private async Task LaunchAsync()
    {
        TaskMessage outcome;
        try
        {
            _story.Starting(command);
            outcome = new TaskMessage.Started(await surroundings.Launcher.LaunchAsync(
                new ProcessDescription
                {
                    Program = command.Program,
                    Arguments = command.Arguments,
                    Environment = TaskEnvironment.Build(surroundings.Environment, command, surroundings.Sandbox),
                    WorkingDirectory = surroundings.Sandbox,
                    OrphanGrace = _grace,
                    User = command.User,
                    HandOverDirectory = true,
                    Limits = surroundings.Traits.Limits,
                    Umask = surroundings.Traits.Umask,
                    OomScoreAdjustment = surroundings.Traits.OomScoreAdjustment,
                    SparedFromTerminate = surroundings.Traits.SparedFromTerminate,
                },
                _launch.Token));
        }
        catch (OperationCanceledException)
        {
            outcome = new TaskMessage.NotStarted(null);
        }
        catch (Exception e)
        {
            if (e is not ProcessStartException) _story.CannotStart(e);
            outcome = new TaskMessage.NotStarted(e.Message);
        }

        _messages.Writer.TryWrite(outcome);
    }

    private void OnEndRequested(TaskMessage.EndRequested request)
    {
        if (_asked == EndRequest.None && _exit is null)
        {
            _asked = request.Request;
            _why = request.Why;
            _story.EndAsked(request.Why);
            if (surroundings.ReportsKilling && TerminalState.IsKill(request.Request))
                surroundings.Reporter.Send(TaskState.TaskKilling, request.Why);
        }

        KillNoLaterThan(request.Grace);
        switch (_phase)
        {
            case Phase.Starting:
                _launch.Cancel();
                break;
            case Phase.Running:
                Terminate();
                break;
        }
    }

    private void OnStarted(ISupervisedProcess process)
    {
        _process = process;
        _story.Running(process.Pid);
        _ = ForwardAsync(process);
        if (_asked != EndRequest.None)
        {
            Terminate();
            return;
        }

        _phase = Phase.Running;
        surroundings.Reporter.Send(TaskState.TaskRunning);
        if (maximumRunTime is not { } limit) return;
        _maximum = NewDeadline();
        _maximum.NoLaterThan(limit);
        _maximum.Start();
    }

    private async Task ForwardAsync(ISupervisedProcess process)
    {
        _messages.Writer.TryWrite(new TaskMessage.LeaderExited(await process.LeaderExit));
        await process.TreeEmpty;
        _messages.Writer.TryWrite(new TaskMessage.TreeEmptied());
    }

    private void OnLeaderExited(ProcessExit exit)
    {
        _exit = exit;
        _story.Exited(exit);
        if (_phase != Phase.Running) return;
        KillNoLaterThan(_grace);
        Terminate();
    }

    private void Terminate()
    {
        _phase = Phase.Terminating;
        _maximum?.Stop();
        _kill!.Start();
        _story.Terminating(_kill.Left, _exit is not null);
        _process!.Signal(Signals.Terminate);
    }

    private void KillNoLaterThan(TimeSpan grace)
    {
        _kill ??= NewDeadline();
        _kill.NoLaterThan(grace);
    }

    private Deadline NewDeadline() => new(
        surroundings.Time, deadline => _messages.Writer.TryWrite(new TaskMessage.TimeOver(deadline)));

    private void OnTimeOver(Deadline deadline)
    {
        if (deadline == _maximum)
        {
            OnEndRequested(new TaskMessage.EndRequested(
                EndRequest.MaximumRunTime,
                $"the task reached its maximum completion time of {MesosDuration.Format(maximumRunTime!.Value)}",
                TimeSpan.Zero));
        }
        else if (deadline == _giveUp)
        {
            _story.GaveUp();
            End(null);
        }
        else
        {
            _story.Killing();
            _escalated = true;
            _giveUp = NewDeadline();
            _giveUp.NoLaterThan(EndBudget.KillWait);
            _giveUp.Start();
            _process!.Signal(Signals.Kill);
        }
    }

    private void End(string? startError)
    {
        _terminal = TerminalState.Decide(new TaskEnding(_asked, _why, _exit, startError, _escalated));
        _phase = Phase.Ended;
    }
}
