using System.Globalization;

namespace Executor.Bench.Logs;

/// <summary>What the way of a task's output costs, from its pipe to the sandbox's files and to a receiver.</summary>
internal static class LogBench
{
    private const int Runs = 3;

    /// <summary>The disk is in them, whose speed comes and goes.</summary>
    private const int Pairs = 9;

    private const long Many = 10_000_000;
    private const long Shipped = 3_000_000;

    /// <summary>It takes long enough.</summary>
    private const long ShippedBySyslogNg = 500_000;

    private const double BytesPerMega = 1e6;

    private static readonly string[] Kinds = ["json", "logfmt"];

    /// <param name="parts">Those to run: capture, json, logfmt, or a pace of the receiver; none is all.</param>
    public static async Task<int> RunAsync(string folder, string[] parts)
    {
        Console.WriteLine($"logs: lines of {LogLines.Length} bytes, {Runs} runs ({Pairs} beside files alone) of the published executor, {Environment.ProcessorCount} cores shared with the producer and the receiver");
        _ = await PlainAsync(folder); // the first reads the programs from disk
        if (Chosen("capture")) await CaptureAsync(folder);
        foreach (var kind in Kinds)
            if (Chosen(kind)) await ShipAsync(folder, kind);
        foreach (var pace in Enum.GetValues<ReceiverPace>())
            foreach (var kind in Kinds)
                if (Chosen(Name(pace))) await PressAsync(folder, pace, kind);
        return 0;

        bool Chosen(string part) => parts.Length == 0 || parts.Contains(part);
    }

    private static Task<LogRun> PlainAsync(string folder) => LogRun.OfAsync(folder, "json", Many, null, []);

    private static async Task CaptureAsync(string folder)
    {
        var rates = new List<double>();
        for (var run = 0; run < Runs; run++) rates.Add(Many * LogLines.Length / (await PlainAsync(folder)).Seconds / BytesPerMega);
        Figures.Print($"capture to file with rotation, {Many} lines (at least 400)", "MB/s", rates);
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
            var one = await LogRun.OfAsync(folder, kind, Shipped, receiver, Settings(receiver, kind, ("EXECUTOR_LOG_SPOOL", "4GiB"), ("EXECUTOR_LOG_FLUSH", "90secs"), ("EXECUTOR_STAGE_LIMITS", "after-exit=120secs")));
            ours.Add(receiver.Lines / one.Shipped / 1000);
            cpu.Add(one.CpuSeconds * 1e6 / Shipped);
            var (seconds, used) = await SyslogNg.RunAsync(folder, kind, ShippedBySyslogNg);
            theirs.Add(ShippedBySyslogNg / seconds / 1000);
            theirCpu.Add(used * 1e6 / ShippedBySyslogNg);
        }

        Figures.Print($"{kind}: parse, enrich, ship over TCP, {Shipped} lines (at least 300, and syslog-ng's)", "thousand lines/s", ours);
        var allocated = Enumerable.Range(0, Runs).Select(_ => ShippingAllocation.Measure(Path.GetTempPath(), kind)).ToList();
        Figures.Print($"{kind}: allocation, in a process of its own", "bytes per line", allocated, 0);
        Figures.Print($"{kind}: CPU of the executor", "µs per line", cpu, 3);
        Figures.Print($"{kind}: syslog-ng, the same lines", "thousand lines/s", theirs);
        Figures.Print($"{kind}: CPU of syslog-ng", "µs per line", theirCpu);
    }

    /// <summary>Each run beside one into files alone, now before and now behind it: what else the machine does is then in both.</summary>
    private static async Task PressAsync(string folder, ReceiverPace pace, string kind)
    {
        var slower = new List<double>();
        var memory = new List<double>();
        for (var pair = 0; pair < Pairs; pair++)
        {
            var before = pair % 2 == 0 ? await PlainAsync(folder) : null;
            using var receiver = new CountingReceiver(pace);
            var one = await LogRun.OfAsync(folder, kind, Many, null, Settings(receiver, kind));
            var plain = before ?? await PlainAsync(folder);
            slower.Add(((one.Seconds / plain.Seconds) - 1) * 100);
            memory.Add(one.MemoryMiB);
        }

        Figures.Print($"receiver {Name(pace)}, {kind}: {Many} lines written flat out take longer than into files alone by", "%", slower, pace is ReceiverPace.Down or ReceiverPace.Hanging ? 10 : null);
        Figures.Print($"receiver {Name(pace)}, {kind}: memory above idle", "MiB", memory, 32);
    }

    private static string Name(ReceiverPace pace) => pace.ToString().ToLowerInvariant();

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
