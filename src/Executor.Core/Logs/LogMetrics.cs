using System.Diagnostics.Metrics;
using Executor.Core.Telemetry;

namespace Executor.Core.Logs;

/// <summary>The counters of the output as metrics.</summary>
public static class LogMetrics
{
    private static readonly (LogCount Count, string Reason)[] Drops =
    [
        (LogCount.DroppedFull, "full"),
        (LogCount.DroppedRate, "rate"),
        (LogCount.DroppedDatagram, "datagram"),
        (LogCount.DroppedSpool, "spool"),
        (LogCount.Left, "left"),
    ];

    /// <summary>Lets whoever listens see them; once in a process.</summary>
    public static void Show(LogCounts counts)
    {
        var meter = Instruments.Meter;
        meter.CreateObservableCounter("log.bytes", () => counts[LogCount.BytesRead], Instruments.Bytes, "What tasks have printed, where the executor reads it");
        meter.CreateObservableCounter("log.lines", () => counts[LogCount.LinesRead], null, "Lines of those tasks whose output is shipped");
        meter.CreateObservableCounter("log.shipped", () => counts[LogCount.Shipped], null, "Events that were given to a receiver, over Lumberjack those that it has acknowledged");
        meter.CreateObservableCounter(
            "log.dropped",
            () => Drops.Select(drop => new Measurement<long>(counts[drop.Count], new KeyValuePair<string, object?>("reason", drop.Reason))),
            null, "Lines that no receiver got, by reason");
        meter.CreateObservableCounter("log.connection.errors", () => counts[LogCount.ConnectionErrors], null, "Connections to receivers that could not be made, or broke");
        meter.CreateObservableCounter("log.file.lost", () => counts[LogCount.FileBytesLost], Instruments.Bytes, "What the sandbox's files did not get");
        meter.CreateObservableGauge("log.spool.size", () => counts[LogCount.Waiting], Instruments.Bytes, "What waits on disk for a receiver");
    }
}
