namespace Executor.Bench.Rolling;

/// <summary>What a rolling restart under load costs its clients, without and with the executor.</summary>
internal static class RollingBench
{
    private const int PerSecond = 1000;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(3);

    private static readonly Dictionary<RollingKind, string> Names = new()
    {
        [RollingKind.Plain] = "sh -c and kill, HAProxy switched from outside on the cluster's events",
        [RollingKind.Bare] = "executor with health check, no warm-up, no drain",
        [RollingKind.Complete] = "executor with health check, warm-up and a drain of 600 ms",
    };

    /// <returns>Whether the complete one lost nothing.</returns>
    public static async Task<int> RunAsync(string folder, int seconds)
    {
        Console.WriteLine(
            $"rolling: 4 instances behind HAProxy, one replaced every {Period.TotalSeconds} s, {PerSecond} requests/s for {seconds} s, each in flight for 50 to 500 ms");
        Console.WriteLine(
            "  the service answers its health check from the start, loads what it needs from its first request on, and answers 503 for the 300 ms that this takes");
        LoadTally? tally = null;
        foreach (var (kind, name) in Names)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds + 60), TimeProvider.System);
            tally = await new RollingRestart(folder).RunAsync(kind, PerSecond, TimeSpan.FromSeconds(seconds), Period, limit.Token);
            Console.WriteLine($"  {name}: {tally}");
        }

        return tally!.Failed == 0 ? 0 : 1;
    }
}
