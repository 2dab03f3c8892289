using System.Diagnostics.Metrics;
using Executor.Core;
using Executor.Core.Logs;
using Executor.Core.Metrics;

namespace Executor.Tests;

public sealed class MetricsDocumentTests
{
    /// <summary>Whoever adds an instrument says what it is.</summary>
    [Test]
    public async Task Every_instrument_is_in_the_documents()
    {
        var folder = Directory.CreateTempSubdirectory("executor-metrics-");
        var rows = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "docs/metrics.md"));
        var environment = new Dictionary<string, string> { ["EXECUTOR_METRICS_PROMETHEUS"] = folder.FullName };
        Assert.That(AllSettings.TryRead(environment, out var settings, out var error), Is.True, error);
        LogMetrics.Show(new LogCounts());
        var instruments = new HashSet<string>();
        await using (MetricsPush.Start(settings!, new MetricsOrigin("host", "framework", "executor"), TimeProvider.System))
        {
            using var listener = new MeterListener();
            listener.InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == "Executor") instruments.Add($"| `{instrument.Name}` | {Type(instrument)} | {instrument.Unit}{(instrument.Unit is null ? "" : " ")}| ");
            };
            listener.Start();
        }

        folder.Delete(recursive: true);
        Assert.That(instruments, Has.Count.EqualTo(rows.Count(row => row is ['|', ' ', '`', >= 'a' and <= 'z', ..])));
        foreach (var start in instruments) Assert.That(rows, Has.Exactly(1).StartsWith(start));
    }

    private static string Type(Instrument instrument) => instrument switch
    {
        Histogram<double> => "timing",
        Counter<long> or ObservableCounter<double> or ObservableCounter<long> => "counter",
        _ => "gauge",
    };
}
