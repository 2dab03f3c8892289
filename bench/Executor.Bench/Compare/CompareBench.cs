using System.Globalization;

namespace Executor.Bench.Compare;

/// <summary>This executor and others under the local agent of one machine, in turn.</summary>
internal static class CompareBench
{
    private static readonly Dictionary<string, string> Managed = new() { ["EXECUTOR_DRIVER"] = "managed" };

    /// <param name="folder">Of the published programs.</param>
    /// <param name="results">The file that the results are written to.</param>
    /// <param name="words">The options: <see cref="CompareOptions"/>.</param>
    public static async Task<int> RunAsync(string folder, string results, IReadOnlyList<string> words)
    {
        CompareOptions options;
        try
        {
            options = CompareOptions.Parse(words);
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync($"compare: {e.Message}");
            return 2;
        }

        try
        {
            var text = await CompareAsync(folder, options);
            Console.Write(text);
            await File.WriteAllTextAsync(results, text);
            return 0;
        }
        catch (ContenderException e)
        {
            await Console.Error.WriteLineAsync($"compare: {e.Message}");
            return 1;
        }
    }

    private static async Task<string> CompareAsync(string folder, CompareOptions options)
    {
        var contenders = Contenders(folder, options).ToArray();
        var report = new CompareReport(contenders);
        report.AddHead(Machine.Describe(), TimeProvider.System.GetUtcNow());
        var parts = new Parts(folder);
        // Reads the programs from disk, and finds an executor that does not work before the time is spent.
        await MeasureAsync(parts.Start(1) with { Title = "Once each", Runs = 1 }, contenders);
        foreach (var part in new[]
        {
            parts.Start(options.Rounds), parts.Rest(options.Rounds), parts.Health(options.Rounds), parts.Scale(options.Rounds, options.Scale),
        })
            report.Add(part, await MeasureAsync(part, contenders));
        return report.ToString();
    }

    /// <returns>By contender, then by figure: the values of all runs.</returns>
    private static async Task<List<double>[][]> MeasureAsync(Part part, Contender[] contenders)
    {
        var values = contenders.Select(_ => part.Figures.Select(_ => new List<double>()).ToArray()).ToArray();
        for (var run = 1; run <= part.Runs; run++)
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"compare: {part.Title}, run {run} of {part.Runs}"));
            for (var one = 0; one < contenders.Length; one++)
            {
                foreach (var (figure, value) in (await part.MeasureAsync(contenders[one])).Index())
                    if (value is { } measured) values[one][figure].Add(measured);
            }
        }

        return values;
    }

    private static IEnumerable<Contender> Contenders(string folder, CompareOptions options)
    {
        var executor = $"'{Path.Combine(folder, "executor")}'";
        yield return new Contender("managed", "this executor, the wire spoken by itself", executor, Managed);
        yield return new Contender(
            "libmesos",
            options.Libmesos is { } given
                ? $"this executor over {Path.GetFileName(given)}"
                : "this executor over the stand-in for libmesos 1.11 of the tests, as no libmesos was given: a real one is larger and does more",
            executor,
            new Dictionary<string, string>
            {
                ["EXECUTOR_DRIVER"] = "libmesos",
                ["EXECUTOR_LIBMESOS"] = options.Libmesos ?? Path.Combine(folder, "standin", "libmesos-new.so"),
            });
        var peer = Path.Combine(folder, "go-executor");
        if (File.Exists(peer))
        {
            yield return new Contender(
                "mesos-go",
                "`tests/peers/go-executor` on mesos-go's v0 driver: starts a shell and passes a kill on as SIGTERM to it, and does nothing else that an executor should",
                $"'{peer}'", new Dictionary<string, string>());
        }

        foreach (var (name, command) in options.Executors)
            yield return new Contender(name, "given on the command line", command, new Dictionary<string, string>());
    }
}
