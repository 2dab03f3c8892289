using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Executor.Core.Configuration;

namespace Executor.Core.Metrics;

/// <summary>
/// Graphite's plaintext protocol over TCP: <c>path value seconds</c> a line, over a connection each time, as an executor has
/// something to say too seldom to keep one. Paths are <c>prefix.host.executor.name.tags</c>.
/// </summary>
internal sealed class GraphiteSink(HostAndPort server, string prefix, MetricsOrigin origin, TimeProvider time) : IMetricsSink
{
    private readonly string _start = $"{prefix}.{Word(origin.Host)}.{Word(origin.Executor)}";

    public string Name => "graphite";

    public string Place => $"{server}";

    public async Task SendAsync(IReadOnlyList<Metric> metrics, bool isLast, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var text = new StringBuilder();
        foreach (var metric in metrics)
        {
            var path = string.Join('.', metric.Tags.Select(tag => Word(tag.Value)).Prepend(metric.Of.Name).Prepend(_start));
            if (metric.Of.Kind != MetricKind.Timing)
            {
                Line(path, metric.Value);
                continue;
            }

            Line($"{path}.count", metric.Count);
            Line($"{path}.sum", metric.Value);
            Line($"{path}.max", metric.Greatest);
        }

        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Host, server.Port, cancellationToken);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text.ToString()), cancellationToken);
        socket.Shutdown(SocketShutdown.Send);

        void Line(string path, double value) => text.Append(CultureInfo.InvariantCulture, $"{path} {value:0.######} {now}\n");
    }

    public void Dispose()
    {
    }

    /// <summary>A dot would begin a folder, and a blank ends the path.</summary>
    private static string Word(string text) =>
        MetricText.Clean(text, MetricText.IsPlain) is { Length: > 0 } word ? word : "_";
}
