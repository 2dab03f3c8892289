using Executor.Core.Ports;
using Mesos;
using Mesos.Internal;
using Reason = Mesos.TaskStatus.Types.Reason;

namespace Executor.Libprocess;

/// <content>Executors from their launch to their end.</content>
public sealed partial class LocalAgent
{
    private async ValueTask LaunchAsync(TaskInfo info)
    {
        if (_tasks.TryGetValue(info.TaskId.Value, out var known) && !known.Ended)
        {
            Warn($"Task '{known.Id}' was launched already");
            return;
        }

        var task = new LocalAgentTask(info);
        _tasks[task.Id] = task;
        var id = info.Executor.ExecutorId.Value;
        if (!_executors.TryGetValue(id, out var executor))
        {
            var sandbox = _options.Sandbox?.Invoke(id)
                ?? LocalAgentCommand.Sandbox(_options.WorkDirectory, AgentId, FrameworkId, id);
            executor = new LocalAgentExecutor(info.Executor.Clone(), sandbox);
            _executors.Add(id, executor);
            executor.Tasks.Add(task);
            await StartAsync(executor);
            return;
        }

        executor.Tasks.Add(task);
        switch (executor.State)
        {
            case LocalAgentExecutorState.Running:
                Deliver(task, executor);
                break;
            case LocalAgentExecutorState.Terminating:
                ReportOwn(task, executor, _rules.Dropped, Reason.ExecutorTerminated, "Executor terminating");
                break;
        }
    }

    private async Task StartAsync(LocalAgentExecutor executor)
    {
        ISupervisedProcess process;
        try
        {
            Directory.CreateDirectory(executor.Sandbox);
            using var output = OpenOutput(executor);
            process = await _launcher.LaunchAsync(Describe(executor, output), _stopping.Token);
        }
        catch (Exception e) when (e is ProcessStartException or IOException or UnauthorizedAccessException
            or OperationCanceledException)
        {
            executor.Termination =
                (_rules.Abandoned(destroyed: true), _rules.LaunchFailed, $"Failed to launch executor: {e.Message}");
            Remove(executor, null);
            return;
        }

        executor.Process = process;
        _supervised.Add(executor);
        executor.Supervision = SuperviseAsync(executor, process);
        Arm(executor, _options.ExecutorRegistrationTimeout, () =>
        {
            Warn($"Executor '{executor.Id}' did not register in time");
            executor.Termination ??= (TaskState.TaskFailed, _rules.RegistrationTimeout,
                $"Executor did not register within {_options.ExecutorRegistrationTimeout.TotalSeconds:0.###} s");
            Destroy(executor);
        });
        Report(new AgentEvent.ExecutorLaunched(executor.Id, process.Pid, executor.Sandbox));
    }

    private OwnedOutput OpenOutput(LocalAgentExecutor executor)
    {
        if (_options.OpenOutput is { } open) return new OwnedOutput(open(executor.Id));
        return new OwnedOutput(new ExecutorOutput(
            File.OpenHandle(Path.Combine(executor.Sandbox, "stdout"), FileMode.Append, FileAccess.Write),
            File.OpenHandle(Path.Combine(executor.Sandbox, "stderr"), FileMode.Append, FileAccess.Write)));
    }

    private ProcessDescription Describe(LocalAgentExecutor executor, OwnedOutput output) => new()
    {
        Program = LocalAgentCommand.Program(executor.Info.Command),
        Arguments = LocalAgentCommand.Arguments(executor.Info.Command),
        Environment = LocalAgentCommand.Environment(_options, _rules, this, executor, ShutdownGrace(executor)),
        WorkingDirectory = executor.Sandbox,
        StandardOutput = output.Handles.StandardOutput,
        StandardError = output.Handles.StandardError,
    };

    private async Task SuperviseAsync(LocalAgentExecutor executor, ISupervisedProcess process)
    {
        var exit = await process.LeaderExit;
        // A container ends with its leader, and an agent destroys what the leader left behind.
        process.Signal(Signals.Kill);
        await process.TreeEmpty;

        // On the loop, so that no step there can still hold the process.
        if (!Post(() => EndAsync(executor, process, exit))) await process.DisposeAsync();
    }

    private async ValueTask EndAsync(LocalAgentExecutor executor, ISupervisedProcess process, ProcessExit exit)
    {
        executor.Process = null;
        _supervised.Remove(executor);
        await process.DisposeAsync();
        Remove(executor, exit);
    }

    /// <summary>The executor is gone: its tasks get their last status, then its end is told.</summary>
    private void Remove(LocalAgentExecutor executor, ProcessExit? exit)
    {
        executor.Disarm();
        executor.State = LocalAgentExecutorState.Terminating;
        if (_executors.GetValueOrDefault(executor.Id) == executor) _executors.Remove(executor.Id);
        var (state, reason, message) = executor.Termination
            ?? (_rules.Abandoned(executor.Destroyed), Reason.ExecutorTerminated, "Executor terminated");
        foreach (var task in executor.Tasks.ToArray()) ReportOwn(task, executor, state, reason, message);
        Report(new AgentEvent.ExecutorExited(executor.Id, exit));
        FinishRecovery();
    }

    private void Shutdown(LocalAgentExecutor executor)
    {
        if (executor.State == LocalAgentExecutorState.Terminating) return;
        executor.State = LocalAgentExecutorState.Terminating;
        Arm(executor, ShutdownGrace(executor), () =>
        {
            Warn($"Executor '{executor.Id}' did not end within its shutdown grace period");
            Destroy(executor);
        });
        if (executor.Pid is { } pid) Send(pid, new ShutdownExecutorMessage());
        FinishRecovery();
    }

    private void Destroy(LocalAgentExecutor executor)
    {
        executor.Disarm();
        executor.State = LocalAgentExecutorState.Terminating;
        executor.Destroyed = true;
        executor.Process?.Signal(Signals.Kill);
        FinishRecovery();
    }

    private TimeSpan ShutdownGrace(LocalAgentExecutor executor) =>
        _rules.HasExecutorShutdownGrace && executor.Info.ShutdownGracePeriod is { } own
            ? TimeSpan.FromTicks(own.Nanoseconds / TimeSpan.NanosecondsPerTick)
            : _options.ExecutorShutdownGrace;

    private void Arm(LocalAgentExecutor executor, TimeSpan due, Action expired)
    {
        executor.Disarm();
        ITimer? timer = null;
        timer = _time.CreateTimer(
            _ => Post(() =>
            {
                // By now another timeout may have taken this one's place.
                if (executor.Timeout == timer) expired();
            }),
            null, due, System.Threading.Timeout.InfiniteTimeSpan);
        executor.Timeout = timer;
    }

    /// <summary>An executor's output handles, closed once the launcher has borrowed them.</summary>
    private sealed record OwnedOutput(ExecutorOutput Handles) : IDisposable
    {
        public void Dispose()
        {
            Handles.StandardOutput.Dispose();
            Handles.StandardError.Dispose();
        }
    }
}
