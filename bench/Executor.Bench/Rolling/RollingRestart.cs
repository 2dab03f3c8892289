using Executor.Core.Ports;
using Executor.Core.Processes;

namespace Executor.Bench.Rolling;

/// <summary>How the instances are run.</summary>
internal enum RollingKind
{
    /// <summary>As the built-in command executor does.</summary>
    Plain,

    /// <summary>By this executor, with a health check, without warm-up and drain.</summary>
    Bare,

    /// <summary>By this executor, with all that a service should ask for.</summary>
    Complete,
}

/// <summary>Four instances under load, replaced one after another.</summary>
internal sealed class RollingRestart(string folder)
{
    private const int Instances = 4;
    private static readonly TimeSpan FirstReplacement = TimeSpan.FromMilliseconds(500);

    private static readonly Dictionary<string, string> Complete = new()
    {
        ["warm-up"] = "/slow?ms=0",
        ["drain"] = "600ms",
    };

    /// <param name="length">Of the load; an instance is replaced every <paramref name="period"/>.</param>
    public async Task<LoadTally> RunAsync(
        RollingKind kind, int perSecond, TimeSpan length, TimeSpan period, CancellationToken cancellationToken)
    {
        var launcher = new SupervisedProcessLauncher(Path.Combine(folder, "task-supervisor"), TimeProvider.System);
        await using var balancer = await Balancer.StartAsync(launcher, cancellationToken);
        await using var fleet = FleetOf(kind, balancer, launcher);
        var running = new Queue<int>();
        for (var number = 0; number < Instances; number++) running.Enqueue(await fleet.StartAsync(cancellationToken));
        foreach (var port in running) await WarmAsync(port, cancellationToken);

        var start = TimeProvider.System.GetTimestamp();
        var load = new OpenLoad(balancer.Front, perSecond, length).RunAsync();
        for (var due = FirstReplacement; due < length; due += period)
        {
            var wait = due - TimeProvider.System.GetElapsedTime(start);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, TimeProvider.System, cancellationToken);
            running.Enqueue(await fleet.StartAsync(cancellationToken));
            await fleet.StopAsync(running.Dequeue(), cancellationToken);
        }

        return await load;
    }

    private IFleet FleetOf(RollingKind kind, Balancer balancer, IProcessLauncher launcher) => kind switch
    {
        RollingKind.Plain => new PlainFleet(balancer, launcher, Path.Combine(folder, "hello-web")),
        RollingKind.Bare => new ExecutorFleet(balancer, launcher, folder, new Dictionary<string, string>()),
        _ => new ExecutorFleet(balancer, launcher, folder, Complete),
    };

    /// <summary>What is measured is the replacements, not the first start.</summary>
    private static async Task WarmAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        while (true)
        {
            try
            {
                using var response = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/slow?ms=0"), cancellationToken);
                if (response.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        }
    }
}
