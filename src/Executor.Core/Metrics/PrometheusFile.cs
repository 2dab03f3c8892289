using System.Globalization;
using System.Text;

namespace Executor.Core.Metrics;

/// <summary>
/// A file of the Prometheus text format for node_exporter's textfile collector, written anew each time and renamed into its
/// place. It goes with the executor: nobody would tell its last values from those of one that lives.
/// </summary>
internal sealed class PrometheusFile(string folder, string prefix, MetricsOrigin origin) : IMetricsSink
{
    private readonly string _file = Path.Combine(folder, $"executor-{Word(origin.Framework)}-{Word(origin.Executor)}.prom");

    private readonly KeyValuePair<string, string>[] _labels = [new("framework", origin.Framework), new("executor", origin.Executor)];

    public string Name => "prometheus";

    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public async Task SendAsync(IReadOnlyList<Metric> metrics, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        foreach (var metric in metrics.GroupBy(metric => metric.Of)) Write(text, metric.Key, metric);
        var passing = _file + ".new"; // node_exporter reads what ends in .prom
        await File.WriteAllTextAsync(passing, text.ToString(), cancellationToken);
        File.Move(passing, _file, overwrite: true);
    }

    public void Dispose()
    {
        try
        {
            File.Delete(_file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then it stays, as after a crash.
        }
    }

    private void Write(StringBuilder text, MetricName of, IEnumerable<Metric> series)
    {
        var unit = of.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        var name = $"{prefix}_{of.Name}".Replace('.', '_') + unit + (of.Kind == MetricKind.Counter ? "_total" : "");
        text.Append($"# HELP {name} {of.Description}\n# TYPE {name} {(of.Kind == MetricKind.Timing ? "summary" : of.Kind.ToString().ToLowerInvariant())}\n");
        foreach (var metric in series)
        {
            var labels = string.Join(',', metric.Tags.Concat(_labels).Select(tag => $"{tag.Key}=\"{Escaped(tag.Value)}\""));
            if (of.Kind == MetricKind.Timing) text.Append(CultureInfo.InvariantCulture, $"{name}_count{{{labels}}} {metric.Count}\n");
            text.Append(CultureInfo.InvariantCulture, $"{name}{(of.Kind == MetricKind.Timing ? "_sum" : "")}{{{labels}}} {metric.Value:0.######}\n");
        }
    }

    private static string Escaped(string value) =>
        value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Word(string text) =>
        MetricText.Clean(text, letter => MetricText.IsPlain(letter) || letter == '.');
}
