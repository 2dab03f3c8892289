using System.Diagnostics;
using System.Globalization;
using Mesos;

namespace Executor.Bench.Logs;

/// <summary>One run of the published executor with a task that prints.</summary>
/// <param name="Seconds">That the task took to write: how long it has to wait for whoever reads.</param>
/// <param name="Shipped">Until the last line was with the receiver; 0 where it was not shipped.</param>
/// <param name="CpuSeconds">Of the executor, all its threads.</param>
/// <param name="MemoryMiB">What its resident set grew by at most.</param>
internal sealed record LogRun(double Seconds, double Shipped, double CpuSeconds, double MemoryMiB)
{
    public static async Task<LogRun> OfAsync(
        string folder, string kind, long lines, CountingReceiver? receiver, Dictionary<string, string> settings)
    {
        await using var agent = new BareAgent(folder, new Dictionary<string, string>(settings) { ["EXECUTOR_DRIVER"] = "managed" });
        await agent.StartExecutorAsync();
        var (gate, took) = (agent.File("go"), agent.File("took"));
        if (Posix.MakeFifo(gate, 0x1b6) != 0) throw new IOException(gate);
        await agent.RunTaskAsync(string.Create(
            CultureInfo.InvariantCulture, $"read x < {gate}; exec {System.Environment.ProcessPath} print {kind} {lines} {took}"));
        var before = Resident(agent.ExecutorPid);
        var cpu = Cpu(agent.ExecutorPid);
        var (peak, used) = (before, cpu);
        var start = Stopwatch.GetTimestamp();
        await File.WriteAllTextAsync(gate, "\n");
        using var watching = new CancellationTokenSource();
        var watch = WatchAsync();
        var ended = agent.StateAsync(TaskState.TaskFinished);
        double shipped = 0;
        if (receiver is not null)
        {
            while (receiver.Lines < lines && Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(2))
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            shipped = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        await ended;
        var seconds = double.Parse(await File.ReadAllTextAsync(took), CultureInfo.InvariantCulture);
        await watching.CancelAsync();
        await watch;
        return new LogRun(seconds, shipped, used - cpu, (peak - before) / 1024.0);

        async Task WatchAsync()
        {
            while (!watching.IsCancellationRequested)
            {
                peak = Math.Max(peak, Resident(agent.ExecutorPid));
                used = Math.Max(used, Cpu(agent.ExecutorPid)); // it leaves with its task
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, watching.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>What is this process's alone: pages of programs that it shares do not count.</summary>
    private static long Resident(int pid) => ProcFigures.WhileThere(() => ProcFigures.Anonymous(pid));

    /// <summary>The executor leaves with its task.</summary>
    private static double Cpu(int pid) => ProcFigures.WhileThere(() => ProcFigures.CpuSeconds(pid));
}
