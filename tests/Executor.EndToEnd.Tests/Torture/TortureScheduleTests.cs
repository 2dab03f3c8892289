using System.Collections.Concurrent;
using System.Globalization;
using Executor.Core.Ports;
using Executor.Libprocess;
using Mesos;
using Reason = Mesos.TaskStatus.Types.Reason;
using Source = Mesos.TaskStatus.Types.Source;

namespace Executor.EndToEnd.Tests.Torture;

/// <summary>
/// Random schedules at random instants. TORTURE_SCHEDULES sets how many there are for each driver, TORTURE_SEED the
/// first one's seed: a failure prints the seed that repeats it. The long form is <c>./build.sh bench torture</c>.
/// </summary>
[TestFixture(DriverKind.Managed)]
[TestFixture(DriverKind.LibmesosNew)]
[TestFixture(DriverKind.LibmesosOld)]
[Category("Torture")]
[NonParallelizable]
public sealed class TortureScheduleTests(DriverKind driver)
{
    private const int AtOnce = 4;

    /// <summary>Two hundred over the three drivers.</summary>
    private const int ShortForm = 67;

    /// <summary>What this process, the agent of all runs, opens late, once, and keeps.</summary>
    private const int OpenedOnce = 16;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Test]
    public async Task Every_task_ends_once_and_no_executor_hangs_or_leaves_a_process()
    {
        var first = Number("TORTURE_SEED") ?? Random.Shared.Next(1_000_000);
        var runs = Number("TORTURE_SCHEDULES") ?? ShortForm;
        var failures = new ConcurrentQueue<string>();
        var survivors = 0;
        var descriptors = MarkedProcesses.Descriptors(System.Environment.ProcessId);
        var since = TimeProvider.System.GetTimestamp();

        await Parallel.ForEachAsync(
            Enumerable.Range(first, runs), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (seed, _) =>
            {
                var schedule = TortureSchedule.FromSeed(seed);
                var (failure, left) = await RunAsync(schedule);
                if (failure is not null) failures.Enqueue($"{schedule}: {failure}");
                Interlocked.Add(ref survivors, left);
            });

        var children = MarkedProcesses.Below(System.Environment.ProcessId).Count;
        descriptors = MarkedProcesses.Descriptors(System.Environment.ProcessId) - descriptors;
        await TestContext.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{driver}: {runs} runs, seeds from {first}, {TimeProvider.System.GetElapsedTime(since).TotalSeconds:F0} s; "
            + $"{failures.Count} failures; left behind: {survivors} processes, {children} children or zombies of the "
            + $"agent, {Math.Max(0, descriptors - OpenedOnce)} descriptors"));
        Assert.That(failures, Is.Empty);
        Assert.That(children, Is.Zero, "children of this process, zombies included");
        Assert.That(descriptors, Is.LessThanOrEqualTo(OpenedOnce), "descriptors of this process");
    }

    /// <returns>What is wrong, null when all is well; and how many processes are left.</returns>
    private async Task<(string? Failure, int Survivors)> RunAsync(TortureSchedule schedule)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        var marked = new MarkedProcesses();
        await using var rig = new AgentRig(driver, limit.Token, o => o with
        {
            Checkpoint = schedule.Checkpoint,
            ExecutorShutdownGrace = TimeSpan.FromSeconds(4),
            ExecutorEnvironment = o.ExecutorEnvironment.Concat(marked.Environment).ToDictionary(),
        });
        var events = new List<AgentEvent>();
        try
        {
            rig.LaunchScript(schedule.App.Script, schedule.GraceSeconds);
            var actions = ActAsync(rig, schedule, limit.Token);
            do events.Add(await rig.ReadAsync());
            while (events[^1] is not AgentEvent.ExecutorExited);
            await limit.CancelAsync();
            await actions;
        }
        catch (OperationCanceledException)
        {
            return ($"hangs after {Tell(events)}", 0);
        }

        var survivors = marked.Alive().ToArray();
        return survivors.Length > 0
            ? ($"processes {string.Join(", ", survivors)} survive", survivors.Length)
            : (Judge(events, mayLose: driver != DriverKind.Managed && schedule.RestartsAfterShutdown), 0);
    }

    /// <summary>Acts as scheduled, then kills the task as Marathon does, again and again, until it is over.</summary>
    private static async Task ActAsync(AgentRig rig, TortureSchedule schedule, CancellationToken over)
    {
        try
        {
            foreach (var (after, what) in schedule.Actions)
            {
                await Task.Delay(after, TimeProvider.System, over);
                await ActAsync(rig, what);
            }

            using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(300), TimeProvider.System);
            while (await again.WaitForNextTickAsync(over)) rig.Agent.KillTask("task");
        }
        catch (OperationCanceledException)
        {
            // The executor has ended.
        }
    }

    private static async Task ActAsync(AgentRig rig, TortureAction what)
    {
        switch (what)
        {
            case TortureAction.Kill:
                rig.Agent.KillTask("task");
                break;
            case TortureAction.Shutdown:
                rig.Agent.ShutdownExecutor("executor");
                break;
            case TortureAction.RestartAgent:
                await rig.Agent.RestartAsync(TimeSpan.FromMilliseconds(50));
                break;
            case TortureAction.TerminateExecutor when rig.ExecutorPid > 0:
                _ = Posix.Kill(rig.ExecutorPid, Signals.Terminate);
                break;
            case TortureAction.KillExecutor when rig.ExecutorPid > 0:
                _ = Posix.Kill(rig.ExecutorPid, Signals.Kill);
                break;
        }
    }

    /// <param name="mayLose">Whether the last word can be lost though the executor lived.</param>
    private static string? Judge(List<AgentEvent> events, bool mayLose)
    {
        var statuses = events.OfType<AgentEvent.TaskUpdated>().Select(updated => updated.Status).ToArray();
        var terminal = statuses.Where(status => IsTerminal(status.State)).ToArray();
        // A master that loses an agent calls its tasks lost; what their executor says then comes on top of it.
        var told = terminal.Where(status => status.Source != Source.Master).ToArray();
        if (terminal.Length == 0 || told.Length > 1) return $"{terminal.Length} terminal states in {Tell(events)}";
        if (told.Length == 1 && statuses[^1] != told[0]) return $"an update after the terminal one in {Tell(events)}";
        var second = events.OfType<AgentEvent.Warning>().FirstOrDefault(w => w.Text.StartsWith("Ignored", StringComparison.Ordinal));
        if (second is not null && terminal[0].Source == Source.Executor) return $"{second.Text} in {Tell(events)}";
        var left = ((AgentEvent.ExecutorExited)events[^1]).Exit;
        var hadTheTask = statuses.Any(status => status.Source == Source.Executor);
        return hadTheTask && !mayLose && left?.Code == 0 && told is [{ Reason: Reason.ExecutorTerminated }]
            ? $"the executor left, and its last word was lost, in {Tell(events)}"
            : null;
    }

    private static bool IsTerminal(TaskState state) => state
        is TaskState.TaskFinished or TaskState.TaskFailed or TaskState.TaskKilled or TaskState.TaskError
        or TaskState.TaskLost or TaskState.TaskDropped or TaskState.TaskGone;

    private static string Tell(IEnumerable<AgentEvent> events) => string.Join("; ", events.Select(happened => happened switch
    {
        AgentEvent.TaskUpdated { Status: var status } => $"{status.State} by {status.Source}, {status.Reason}: {status.Message}",
        _ => happened.ToString(),
    }));

    private static int? Number(string variable) =>
        int.TryParse(System.Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
