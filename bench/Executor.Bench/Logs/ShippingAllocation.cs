using Executor.Core.Configuration;
using Executor.Core.Logs;
using Executor.Core.Logs.Lines;
using Executor.Core.Logs.Shipping;
using NLog;

namespace Executor.Bench.Logs;

/// <summary>What the way from the backlog to a receiver allocates, all threads together, once its memory is there.</summary>
internal static class ShippingAllocation
{
    private const int Warm = 200_000;
    private const int Lines = 1_000_000;

    /// <summary>Lines that wait at once: few enough to stay in memory.</summary>
    private const int Full = 40_000;
    private const int Step = 10_000;
    private const int Piece = 1_000;

    /// <returns>Bytes per line.</returns>
    public static double Measure(string folder, string kind)
    {
        var counts = new LogCounts();
        var log = LogManager.CreateNullLogger();
        var plan = new LogPlan { Mode = LogMode.Ship, Format = Enum.Parse<LogFormat>(kind, ignoreCase: true) };
        var backlog = new Backlog(16, new Spool(Path.Combine(folder, "spool"), 0, counts), LogOverflow.Newest, counts, TimeProvider.System);
        using var receiver = new CountingReceiver(ReceiverPace.Fast);
        var endpoint = new LogEndpoint { Protocol = LogProtocol.Tcp, Timeout = TimeSpan.FromSeconds(10) };
        HostAndPort[] receivers = [new HostAndPort("127.0.0.1", receiver.Port)];
        var sender = new LogSender(endpoint, () => receivers, counts, log, TimeProvider.System);
        var stream = new ShippedStream(
            plan, new EventEncoder(plan, plan.Format, new OwnFields([new("task", "\"bench\""), new("host", "\"bench\"")]), counts), new RateLimit(0), counts, log);
        using var shipper = new Shipper(backlog, [stream], sender, new UnshippedFile(Path.Combine(folder, "unshipped"), long.MaxValue, counts, log), log);
        var lines = Enumerable.Range(0, Piece).SelectMany(i => LogLines.Line(kind, i)).ToArray();

        Ship(Full, Full); // all memory that a backlog may have
        Ship(Full + Warm, Step);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Ship(Full + Warm + Lines, Step);
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Lines;

        void Ship(long until, int step)
        {
            for (var sent = receiver.Lines; sent < until; sent += step)
            {
                for (var i = 0; i < step / Piece; i++) backlog.Add(0, lines);
                while (receiver.Lines < sent + step) Thread.Yield();
            }
        }
    }
}
