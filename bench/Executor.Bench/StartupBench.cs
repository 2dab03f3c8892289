namespace Executor.Bench;

/// <summary>How fast the executor starts and launches, what it weighs and whether it sleeps when nothing happens.</summary>
internal static class StartupBench
{
    private const int Runs = 20;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    private static readonly Dictionary<string, string> Managed = new() { ["EXECUTOR_DRIVER"] = "managed" };

    public static async Task<int> RunAsync(string folder)
    {
        var register = new List<double>();
        var launch = new List<double>();
        var memory = new List<double>();
        long wakeUps = 0;
        for (var run = 0; run <= Runs; run++)
        {
            await using var agent = new BareAgent(folder, Managed);
            var registered = await agent.StartExecutorAsync();
            var running = await agent.RunTaskAsync("sleep 1000");
            if (run == 0) continue; // the first reads the programs from disk
            register.Add(registered.TotalMilliseconds);
            launch.Add(running.TotalMilliseconds);
            int[] processes = [agent.ExecutorPid, ProcFigures.Children(agent.ExecutorPid).Single()];
            memory.Add(processes.Sum(ProcFigures.ProportionalSetSize) / 1024.0);
            if (run == Runs) wakeUps = await CountWakeUpsAsync(processes);
        }

        Console.WriteLine($"startup: {Runs} runs of the published executor, managed driver, after one to warm the disk cache");
        Figures.Print("process start to RegisterExecutorMessage on the wire", "ms", register, 40);
        Figures.Print("RunTaskMessage to TASK_RUNNING on the wire, `sleep`", "ms", launch, 15);
        Figures.Print("executor and supervisor with one running task, proportional set size", "MiB", memory, 16);
        Console.WriteLine(FormattableString.Invariant(
            $"  wake-ups of both over {Idle.TotalSeconds} idle seconds, all threads, after {Settling.TotalSeconds} s of rest: {wakeUps} (at most 20)"));
        return 0;
    }

    private static async Task<long> CountWakeUpsAsync(int[] processes)
    {
        // The pool's threads retire some time after the start; what is measured is the rest that follows.
        await Task.Delay(Settling, TimeProvider.System);
        return await ProcFigures.WakeUpsAsync(processes, Idle);
    }
}
