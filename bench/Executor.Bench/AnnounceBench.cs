using System.Diagnostics;
using Executor.Tests.Fakes;
using Mesos;

namespace Executor.Bench;

/// <summary>
/// How soon a task that has become healthy is in Consul, and how soon one that is killed is out of it and gets SIGTERM.
/// Each run is a fresh executor; the bench is its agent, its Consul and its task's health endpoint, on one clock.
/// </summary>
internal static class AnnounceBench
{
    private const int Runs = 100;
    private const string ServiceId = "bench_bench_31000";

    /// <summary>As a real task, which is not healthy at the first look.</summary>
    private const int PassingProbe = 2;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private sealed record Figure(double Probed, double Announced, double Withdrawn, double Signalled);

    public static async Task<int> RunAsync(string folder)
    {
        var fifo = Path.Combine(Path.GetTempPath(), $"executor-bench-{System.Environment.ProcessId}");
        var figures = new List<Figure>();
        for (var run = 0; run <= Runs; run++)
        {
            var figure = await MeasureAsync(folder, fifo);
            if (run > 0) figures.Add(figure); // the first reads the programs from disk
        }

        Console.WriteLine($"announce: {Runs} runs of the published executor, managed driver, Consul on loopback, after one to warm the disk cache");
        Figures.Print("TASK_RUNNING to the first probe, no delay", "ms", [.. figures.Select(f => f.Probed)], 5);
        Figures.PrintTail("answer of the first passing probe to Consul's answer to the registration", "ms", [.. figures.Select(f => f.Announced)], 3, 10);
        Figures.PrintTail("KillTaskMessage handed to the wire to Consul's answer to the removal", "ms", [.. figures.Select(f => f.Withdrawn)], 3, 10);
        Figures.PrintTail("from there to the task's death of SIGTERM, no drain", "ms", [.. figures.Select(f => f.Signalled)], 2, 2);
        return 0;
    }

    private static async Task<Figure> MeasureAsync(string folder, string fifo)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        await using var consul = new ConsulFake(TimeProvider.System).Start();
        var (probes, probed, healthy) = (0, 0L, 0L);
        await using var health = new LoopbackServer(
            (_, _) =>
            {
                if (++probes == 1) probed = Stopwatch.GetTimestamp();
                if (probes < PassingProbe) return Task.FromResult<LoopbackResponse?>(new(503, ""));
                if (probes == PassingProbe) healthy = Stopwatch.GetTimestamp();
                return Task.FromResult<LoopbackResponse?>(new(200, ""));
            },
            null, null);
        health.Start();
        await using var agent = new BareAgent(folder, new Dictionary<string, string>
        {
            ["EXECUTOR_DRIVER"] = "managed",
            ["EXECUTOR_CONSUL_HTTP_ADDR"] = consul.Address,
        });
        await agent.StartExecutorAsync();

        // Whoever dies closes the pipe: nothing of ours is between SIGTERM and the clock.
        var death = await DeathAsync(fifo, () => agent.RunTaskAsync($"exec sleep 1000 > {fifo}", task => Announce(task, health.Port)));
        var announced = await consul.AnsweredAsync("PUT /v1/agent/service/register", limit.Token);
        var killed = agent.KillTask();
        var withdrawn = await consul.AnsweredAsync($"PUT /v1/agent/service/deregister/{ServiceId}", limit.Token);
        var died = await death.WaitAsync(limit.Token);
        await agent.StateAsync(TaskState.TaskKilled);
        return new Figure(Milliseconds(agent.RunningAt, probed), Milliseconds(healthy, announced), Milliseconds(killed, withdrawn), Milliseconds(withdrawn, died));
    }

    /// <returns>When the last writer of the pipe was gone.</returns>
    private static async Task<Task<long>> DeathAsync(string fifo, Func<Task> start)
    {
        File.Delete(fifo);
        if (Posix.MakeFifo(fifo, 0b110_000_000) != 0) throw new IOException($"no pipe at {fifo}");
        var death = Task.Factory.StartNew(
            () =>
            {
                using var pipe = File.OpenRead(fifo);
                File.Delete(fifo);
                _ = pipe.ReadByte();
                return Stopwatch.GetTimestamp();
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await start();
        return death;
    }

    private static void Announce(TaskInfo task, int healthPort)
    {
        task.Labels = new Labels { Labels_ = { new Label { Key = "consul", Value = "bench" } } };
        task.Discovery = new DiscoveryInfo
        {
            Visibility = DiscoveryInfo.Types.Visibility.External,
            Ports = new Mesos.Ports { Ports_ = { new Port { Number = 31000 } } },
        };
        task.HealthCheck = new HealthCheck
        {
            Type = HealthCheck.Types.Type.Http,
            Http = new HealthCheck.Types.HTTPCheckInfo { Scheme = "http", Port = (uint)healthPort, Path = "/" },
            DelaySeconds = 0,
            IntervalSeconds = 10,
            TimeoutSeconds = 5,
        };
    }

    private static double Milliseconds(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;
}
