using System.Diagnostics;

namespace Executor.Bench.Compare;

/// <summary>What is measured of every contender, and how.</summary>
/// <param name="folder">Of the published programs.</param>
internal sealed class Parts(string folder)
{
    private const int StartsPerRound = 4;
    private const int Checks = 1000;
    private const int FirstChecks = 50;

    /// <summary>The pool's threads retire some time after the start; what is measured is the rest that follows.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan NoChecks = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AllChecks = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public Part Start(int rounds) => new(
        "Start and kill",
        "One executor on a host that has no other. The start includes the shell through which an agent starts an executor. "
        + $"The task is a shell that becomes `sleep`; it is killed after {Pause.TotalSeconds} s, and dies of SIGTERM at once.",
        rounds * StartsPerRound,
        ["start to registered, ms", "RunTask to RUNNING, ms", "kill to KILLED, ms"],
        async contender =>
        {
            await using var host = new ContenderHost(contender, folder);
            var started = Stopwatch.GetTimestamp();
            var run = host.Launch();
            var registered = await run.ReachedAsync(TaskStage.Registered);
            var running = await run.ReachedAsync(TaskStage.Running);
            await Task.Delay(Pause, TimeProvider.System);
            var asked = Stopwatch.GetTimestamp();
            host.Kill(run);
            var killed = await run.ReachedAsync(TaskStage.Killed);
            return [Milliseconds(started, registered), Milliseconds(registered, running), Milliseconds(asked, killed)];
        });

    public Part Rest(int rounds) => new(
        "At rest",
        $"One executor with a running task, after {Settling.TotalSeconds} s of rest. Memory is the proportional set size (smaps_rollup). "
        + "A wake-up is a voluntary context switch of any of its threads.",
        rounds,
        ["proportional memory, MiB", $"wake-ups in {Idle.TotalSeconds} s"],
        async contender =>
        {
            await using var host = new ContenderHost(contender, folder);
            await host.Launch().ReachedAsync(TaskStage.Running);
            await Task.Delay(Settling, TimeProvider.System);
            var processes = host.Processes();
            return [Memory(processes), await ProcFigures.WakeUpsAsync(processes, Idle)];
        });

    public Part Health(int rounds) => new(
        "Health checks",
        $"A task whose HealthCheck passes and has an interval of 20 ms: GET over HTTP on loopback, or `printf` in a shell, its own processor time included. "
        + $"Counted are {Checks} checks, or those of {AllChecks.TotalSeconds} s, after the first {FirstChecks}. \"None\" did no check within {NoChecks.TotalSeconds} s.",
        rounds,
        ["processor time per 1,000 checks over HTTP, ms", "processor time per 1,000 checks by command, ms"],
        async contender =>
        [
            .. await OrNoneAsync(1, () => CheckAsync(contender, CountedCheck.Http())),
            .. await OrNoneAsync(1, () => CheckAsync(contender, CountedCheck.Command())),
        ]);

    public Part Scale(int rounds, IReadOnlyList<int> scale) => new(
        "Many on one host",
        $"So many executors are started at once. {Pause.TotalSeconds} s after the last task runs the memory of all is added up and divided by their number, "
        + "and one more is started beside them. \"None\" is where not every task came to run.",
        rounds,
        [.. scale.SelectMany(count => new[]
        {
            $"{count} at once, until all run, ms", $"{count}, proportional memory of each, MiB", $"one more beside {count}, start to RUNNING, ms",
        })],
        async contender =>
        {
            var values = new List<double?>();
            foreach (var count in scale) values.AddRange(await OrNoneAsync(3, () => CrowdAsync(contender, count)));
            return [.. values];
        });

    /// <summary>What an executor cannot do is missing in the results, and the others are measured all the same.</summary>
    private static async Task<double?[]> OrNoneAsync(int figures, Func<Task<double?[]>> measure)
    {
        try
        {
            return await measure();
        }
        catch (ContenderException e)
        {
            await Console.Error.WriteLineAsync($"compare: {e.Message}");
            return new double?[figures];
        }
    }

    private async Task<double?[]> CrowdAsync(Contender contender, int count)
    {
        await using var host = new ContenderHost(contender, folder);
        var started = Stopwatch.GetTimestamp();
        var runs = new TaskRun[count];
        for (var i = 0; i < count; i++) runs[i] = host.Launch();
        var running = await Task.WhenAll(runs.Select(run => run.ReachedAsync(TaskStage.Running)));
        await Task.Delay(Pause, TimeProvider.System);
        var memory = Memory(host.Processes()) / count;
        var asked = Stopwatch.GetTimestamp();
        var oneMore = await host.Launch().ReachedAsync(TaskStage.Running);
        return [Milliseconds(started, running.Max()), memory, Milliseconds(asked, oneMore)];
    }

    /// <returns>Milliseconds per 1,000 checks; null where there are none.</returns>
    private async Task<double?[]> CheckAsync(Contender contender, CountedCheck check)
    {
        await using var counted = check;
        await using var host = new ContenderHost(contender, folder);
        await host.Launch(check.Check).ReachedAsync(TaskStage.Running);
        if (!await CountsAsync(check, 1, NoChecks)) return [null];
        await CountsAsync(check, FirstChecks, AllChecks);
        var (first, before) = (check.Count, ProcFigures.CpuSeconds(host.Processes()));
        await CountsAsync(check, first + Checks, AllChecks);
        var (last, after) = (check.Count, ProcFigures.CpuSeconds(host.Processes()));
        return [last == first ? null : (after - before) * 1000 / (last - first) * 1000];
    }

    /// <returns>Whether so many checks were done within the limit.</returns>
    private static async Task<bool> CountsAsync(CountedCheck check, long count, TimeSpan limit)
    {
        var start = Stopwatch.GetTimestamp();
        while (check.Count < count)
        {
            if (Stopwatch.GetElapsedTime(start) > limit) return false;
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        return true;
    }

    private static double Memory(int[] processes) =>
        processes.Sum(pid => ProcFigures.WhileThere(() => ProcFigures.ProportionalSetSize(pid))) / 1024.0;

    private static double Milliseconds(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;
}
