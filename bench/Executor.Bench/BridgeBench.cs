using System.Globalization;

namespace Executor.Bench;

/// <summary>What the way over libmesos costs: in time per callback, and in memory beside the managed driver.</summary>
internal static class BridgeBench
{
    private const int Runs = 10;

    /// <summary>libmesos and what it brings: not ours.</summary>
    private static readonly string[] Libmesos = ["/standin/", "/libprotobuf", "/libstdc++", "/libz."];

    public static async Task<int> RunAsync(string folder)
    {
        foreach (var variant in new[] { "new", "old" }) await MeasureCallbacksAsync(folder, variant);
        await MeasureMemoryAsync(folder);
        return 0;
    }

    private static async Task MeasureCallbacksAsync(string folder, string variant)
    {
        await using var agent = new BareAgent(folder, Settings(folder, variant));
        await agent.StartAsync(Environment.ProcessPath!, "callbacks", Library(folder, variant));
        agent.AcceptRegistration();
        var exit = await agent.ExitAsync();
        Console.WriteLine($"bridge: callbacks of the stand-in \"{variant}\", timed on its own thread");
        Console.Write(agent.Log);
        if (exit.Code != 0) throw new InvalidOperationException($"the probe ended with {exit}");
    }

    private static async Task MeasureMemoryAsync(string folder)
    {
        var managed = new List<double>();
        var libmesos = new List<double>();
        var extra = new List<double>();
        for (var run = 0; run <= Runs; run++)
        {
            var one = await SizeAsync(folder, new Dictionary<string, string> { ["EXECUTOR_DRIVER"] = "managed" });
            var other = await SizeAsync(folder, Settings(folder, "new"));
            if (run == 0) continue; // the first reads the programs from disk
            managed.Add(one);
            libmesos.Add(other);
            extra.Add(other - one);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"bridge: proportional set size of the published executor with one running task, {Runs} runs of each, in turn"));
        Figures.Print("managed driver", "MiB", managed);
        Figures.Print("libmesos driver, without libmesos and the libraries it brings", "MiB", libmesos);
        Figures.Print("the difference within a run", "MiB", extra, 3);
    }

    private static async Task<double> SizeAsync(string folder, Dictionary<string, string> settings)
    {
        await using var agent = new BareAgent(folder, settings);
        await agent.StartExecutorAsync();
        await agent.RunTaskAsync("sleep 1000");
        var all = ProcFigures.ProportionalSetSize(agent.ExecutorPid);
        return (all - ProcFigures.ProportionalSetSize(agent.ExecutorPid, Libmesos)) / 1024.0;
    }

    private static Dictionary<string, string> Settings(string folder, string variant) => new()
    {
        ["EXECUTOR_DRIVER"] = "libmesos",
        ["EXECUTOR_LIBMESOS"] = Library(folder, variant),
    };

    private static string Library(string folder, string variant) =>
        Path.Combine(folder, "standin", $"libmesos-{variant}.so");
}
