using System.Globalization;

namespace Executor.Bench.Logs;

/// <summary>What the way of a task's output costs, from its pipe to the sandbox's files and to a receiver.</summary>
internal static class LogBench
{
    private const int Runs = 3;
    private const long Many = 10_000_000;
    private const long Shipped = 3_000_000;

    /// <summary>It takes long enough.</summary>
    private const long ShippedBySyslogNg = 500_000;

    private const double BytesPerMega = 1e6;

    public static async Task<int> RunAsync(string folder)
    {
        Console.WriteLine($"logs: lines of {LogLines.Length} bytes, {Runs} runs of the published executor, {Environment.ProcessorCount} cores shared with the producer and the receiver");
        var plain = await CaptureAsync(folder);
        foreach (var kind in new[] { "json", "logfmt" }) await ShipAsync(folder, kind);
        foreach (var pace in Enum.GetValues<ReceiverPace>()) await PressAsync(folder, pace, plain);
        return 0;
    }

    /// <returns>The median of the seconds that plain capture takes.</returns>
    private static async Task<double> CaptureAsync(string folder)
    {
        var rates = new List<double>();
        var seconds = new List<double>();
        for (var run = 0; run <= Runs; run++)
        {
            var one = await LogRun.OfAsync(folder, "json", Many, 0, null, []);
            if (run == 0) continue; // the first reads the programs from disk
            seconds.Add(one.Seconds);
            rates.Add(Many * LogLines.Length / one.Seconds / BytesPerMega);
        }

        Figures.Print($"capture to file with rotation, {Many} lines (at least 400)", "MB/s", rates);
        seconds.Sort();
        return Figures.Median(seconds);
    }

    private static async Task ShipAsync(string folder, string kind)
    {
        var ours = new List<double>();
        var cpu = new List<double>();
        var theirs = new List<double>();
        var theirCpu = new List<double>();
        for (var run = 0; run < Runs; run++)
        {
            using var receiver = new CountingReceiver(ReceiverPace.Fast);
            var one = await LogRun.OfAsync(folder, kind, Shipped, 0, receiver, Settings(receiver, kind, ("EXECUTOR_LOG_SPOOL", "4GiB"), ("EXECUTOR_LOG_FLUSH", "90secs"), ("EXECUTOR_STAGE_LIMITS", "after-exit=120secs")));
            ours.Add(receiver.Lines / one.Shipped / 1000);
            cpu.Add(one.CpuSeconds * 1e6 / Shipped);
            var (seconds, used) = await SyslogNg.RunAsync(folder, kind, ShippedBySyslogNg);
            theirs.Add(ShippedBySyslogNg / seconds / 1000);
            theirCpu.Add(used * 1e6 / ShippedBySyslogNg);
        }

        Figures.Print($"{kind}: parse, enrich, ship over TCP, {Shipped} lines (at least 300, and syslog-ng's)", "thousand lines/s", ours);
        Figures.Print($"{kind}: CPU of the executor", "µs per line", cpu, 3);
        Figures.Print($"{kind}: syslog-ng, the same lines", "thousand lines/s", theirs);
        Figures.Print($"{kind}: CPU of syslog-ng", "µs per line", theirCpu);
    }

    private static async Task PressAsync(string folder, ReceiverPace pace, double plain)
    {
        var slower = new List<double>();
        var memory = new List<double>();
        for (var run = 0; run < Runs; run++)
        {
            using var receiver = new CountingReceiver(pace);
            var one = await LogRun.OfAsync(folder, "json", Many, 0, null, Settings(receiver, "json"));
            slower.Add(((one.Seconds / plain) - 1) * 100);
            memory.Add(one.MemoryMiB);
        }

        var name = pace.ToString().ToLowerInvariant();
        Figures.Print($"receiver {name}: {Many} lines written flat out take longer than into files alone by", "%", slower, pace is ReceiverPace.Down or ReceiverPace.Hanging ? 10 : null);
        Figures.Print($"receiver {name}: memory above idle", "MiB", memory, 32);
    }

    private static Dictionary<string, string> Settings(CountingReceiver receiver, string kind, params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string>
        {
            ["EXECUTOR_LOG_MODE"] = "both",
            ["EXECUTOR_LOG_FORMAT"] = kind,
            ["EXECUTOR_LOG_ADDRESSES"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{receiver.Port}"),
        };
        foreach (var (name, value) in more) settings[name] = value;
        return settings;
    }
}
