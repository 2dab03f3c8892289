using System.Text;
using Executor.Control.CommandLine;
using Executor.Control.Marathon;
using Executor.Control.Output;
using Executor.Control.Reporting;
using Executor.Core.Processes;
using Executor.Libprocess;
using Executor.Libprocess.Wire;

namespace Executor.Control.Run;

/// <summary><c>executorctl run</c>: puts a run together, lets it happen and cleans up after it.</summary>
internal sealed class RunProgram(RunOptions options, TimeProvider time)
{
    private const int Success = 0;
    private const int Failure = 1;

    /// <summary>Long enough that executors notice, short enough that they are waited for.</summary>
    private static readonly TimeSpan AgentDowntime = TimeSpan.FromSeconds(1);

    /// <returns>The exit code: 0 when every task finished or was killed on request.</returns>
    /// <exception cref="UsageException">Something given cannot be used; nothing was started.</exception>
    public async Task<int> RunAsync()
    {
        var supervisor = Path.Combine(AppContext.BaseDirectory, "task-supervisor");
        if (!File.Exists(supervisor))
            throw new UsageException($"{supervisor} does not exist; it has to stand beside executorctl");

        var plan = RunPlan.Prepare(options, time);
        if (plan.Warning is { } warning) await Console.Error.WriteLineAsync($"executorctl: warning: {warning}");
        var report = new RunReport(CreateReporter(), time);
        var pumps = new OutputPumps(plan.Instances, report);
        var sandboxes = plan.Instances.ToDictionary(instance => instance.ExecutorId, instance => instance.Sandbox);
        var agent = new LocalAgent(
            new LocalAgentOptions
            {
                WorkDirectory = plan.Directory,
                Sandbox = executorId => sandboxes[executorId],
                Hostname = RunPlan.Host,
                // As Marathon does, so that an agent's restart is survived.
                Checkpoint = true,
                OpenOutput = pumps.Open,
                // Every executor has one, and for a moment two where it comes anew.
                Libprocess = new LibprocessOptions { MaxConnections = 2 * AppDefinition.MostInstances },
                // What the executor would log at info is on show already; and an app is tried where there is no Consul.
                ExecutorEnvironment = new Dictionary<string, string>
                {
                    ["EXECUTOR_LOG_LEVEL"] = "warn",
                    ["EXECUTOR_CONSUL"] = "false",
                },
            },
            new SupervisedProcessLauncher(supervisor, time),
            time);
        agent.Start();

        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var run = new LocalRun(plan.Instances, agent, report);
        run.Launch();
        report.OutputLost += run.KillTasks;
        using var signals = new StopSignals(count => Stop(run, count, gone));
        var ended = RunToEndAsync(run, agent, pumps);
        if (await Task.WhenAny(ended, gone.Task) == gone.Task)
        {
            // Nothing is waited for: without this process the task-supervisors end their trees by themselves.
            await TellKeptAsync(plan);
            return Failure;
        }

        var endedWell = await ended;
        if (plan.Temporary && !(endedWell && TryDelete(plan.Directory))) await TellKeptAsync(plan);
        return endedWell ? Success : Failure;
    }

    private async Task<bool> RunToEndAsync(LocalRun run, LocalAgent agent, OutputPumps pumps)
    {
        using var over = new CancellationTokenSource();
        Task[] plans =
        [
            AfterAsync(options.RestartAgentAfter, () => run.RestartAgentAsync(AgentDowntime), over.Token),
            AfterAsync(options.KillAfter, () => Do(run.KillTasks), over.Token),
            AfterAsync(options.ShutdownAfter, () => Do(run.ShutDownExecutors), over.Token),
        ];
        await using (agent)
        {
            var endedWell = await run.RunAsync();
            await over.CancelAsync();
            await Task.WhenAll(plans);
            await pumps.DrainAsync();
            return endedWell;
        }
    }

    private async Task AfterAsync(TimeSpan? delay, Func<Task> act, CancellationToken over)
    {
        if (delay is not { } due) return;
        try
        {
            await Task.Delay(due, time, over);
        }
        catch (OperationCanceledException)
        {
            return; // The run was over first.
        }

        await act();
    }

    private static Task Do(Action act)
    {
        act();
        return Task.CompletedTask;
    }

    private static void Stop(LocalRun run, int count, TaskCompletionSource gone)
    {
        if (count == 1) run.KillTasks();
        else if (count == 2) run.ShutDownExecutors();
        else gone.TrySetResult();
    }

    /// <summary>A task may leave what even its owner cannot remove.</summary>
    private static bool TryDelete(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static Task TellKeptAsync(RunPlan plan) =>
        Console.Error.WriteLineAsync($"executorctl: the sandboxes are kept in {plan.Directory}");

    private IReporter CreateReporter()
    {
        var output = new StandardOutput();
        if (options.Json) return new JsonLines(output);
        return new Timeline(
            new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)), Ansi.IsTaken);
    }
}
