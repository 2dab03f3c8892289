using Executor.Core.Configuration;

namespace Executor.Core.Metrics;

/// <summary>Where the executor's metrics go.</summary>
public static class MetricsSettings
{
    private const string Server = "host:port";

    public static readonly Setting<HostAndPort?> Graphite = new(
        "EXECUTOR_METRICS_GRAPHITE", "", Server, "A Graphite server that takes the plaintext protocol over TCP.", HostAndPort.TryParse)
    {
        Example = "graphite.example.org:2003",
    };

    public static readonly Setting<HostAndPort?> Statsd = new(
        "EXECUTOR_METRICS_STATSD", "", Server, "A StatsD server that takes tags, over UDP.", HostAndPort.TryParse)
    {
        Example = "127.0.0.1:8125",
    };

    public static readonly Setting<string?> Prometheus = Setting.AbsolutePath(
        "EXECUTOR_METRICS_PROMETHEUS", PathKind.WritableFolder,
        "The folder of node_exporter's textfile collector, writable for the executor's user: it keeps a file there.") with
    { Example = "/var/lib/prometheus/node-exporter" };

    public static readonly Setting<string> Prefix = new(
        "EXECUTOR_METRICS_PREFIX", "executor", "letters, digits, _ and, between them, dots", "What the names of all metrics begin with.", IsPrefix)
    {
        Example = "mesos.executor",
    };

    public static readonly Setting<TimeSpan> Interval = new(
        "EXECUTOR_METRICS_INTERVAL", "15secs", "a duration of at least 1secs", "How often metrics are sent.",
        (string text, out TimeSpan interval) => MesosDuration.TryParse(text, out interval) && interval >= TimeSpan.FromSeconds(1))
    {
        Example = "1mins",
    };

    public static IReadOnlyList<Setting> All { get; } = [Graphite, Statsd, Prometheus, Prefix, Interval];

    private static bool IsPrefix(string text, out string prefix) =>
        (prefix = text).Split('.').All(word => word.Length > 0 && !char.IsAsciiDigit(word[0]) && word.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'));
}
