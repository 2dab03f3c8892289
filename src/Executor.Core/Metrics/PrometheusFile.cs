using System.Globalization;
using System.Text;
using Executor.Core.Hooks;

namespace Executor.Core.Metrics;

/// <summary>
/// A file of the Prometheus text format for node_exporter's textfile collector, written anew each time and renamed into its
/// place. The last one stays, so that the end of a task is seen, too, without what was true only while the executor ran;
/// whoever writes after <see cref="Kept"/> removes it, as it does those of executors that were killed.
/// </summary>
internal sealed class PrometheusFile : IMetricsSink
{
    /// <summary>Enough for any who scrape, and for any who write.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    /// <summary>No file's name has more than 255 bytes, and this one gets something before and behind it.</summary>
    private const int LongestName = 200;

    private const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly string _folder;
    private readonly string _prefix;
    private readonly string _name;
    private readonly KeyValuePair<string, string>[] _labels;
    private readonly TimeProvider _time;

    public PrometheusFile(string folder, string prefix, MetricsOrigin origin, TimeProvider time)
    {
        (_folder, _prefix, _time) = (folder, prefix, time);
        _name = FileName.Shortened($"executor-{Word(origin.Framework)}-{Word(origin.Executor)}", LongestName);
        _labels = [new("framework", origin.Framework), new("executor", origin.Executor)];
    }

    public string Name => "prometheus";

    public string Place => _folder;

    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public async Task SendAsync(IReadOnlyList<Metric> metrics, bool isLast, CancellationToken cancellationToken)
    {
        RemoveOld();
        var text = new StringBuilder();
        foreach (var metric in metrics.Where(metric => !isLast || !IsOfProcess(metric)).GroupBy(metric => metric.Of)) Write(text, metric.Key, metric);
        // node_exporter reads what ends in .prom. The folder may be writable for all: no link of anybody is followed.
        var passing = Path.Combine(_folder, $".{_name}.{Path.GetRandomFileName()}");
        try
        {
            await using (var file = new FileStream(passing, FileMode.CreateNew, FileAccess.Write))
            {
                File.SetUnixFileMode(file.SafeFileHandle, ForAll);
                await file.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
            }

            File.Move(passing, Path.Combine(_folder, $"{_name}.prom"), overwrite: true);
        }
        finally
        {
            File.Delete(passing);
        }
    }

    public void Dispose()
    {
    }

    /// <summary>True only as long as the executor runs.</summary>
    private static bool IsOfProcess(Metric metric) => metric.Of.Kind == MetricKind.Gauge && metric.Tags.Count == 0;

    private void RemoveOld()
    {
        var limit = _time.GetUtcNow().UtcDateTime - Kept;
        foreach (var file in new DirectoryInfo(_folder).EnumerateFiles("executor-*.prom").Where(file => file.LastWriteTimeUtc < limit))
        {
            try
            {
                file.Delete();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another user's, whose executors will.
            }
        }
    }

    private void Write(StringBuilder text, MetricName of, IEnumerable<Metric> series)
    {
        var name = $"{_prefix}_{of.Name}".Replace('.', '_');
        var unit = of.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        if (!name.EndsWith(unit, StringComparison.Ordinal)) name += unit;
        if (of.Kind == MetricKind.Counter) name += "_total";
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
