using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Executor.Core.Configuration;

namespace Executor.Core.Metrics;

/// <summary>
/// StatsD over UDP, with the tags of DogStatsD: counters by their growth, gauges as they are, and each timing of its own, in
/// milliseconds. What nobody receives is lost, as always there.
/// </summary>
internal sealed class StatsdSink(HostAndPort server, string prefix, MetricsOrigin origin) : IMetricsSink
{
    /// <summary>What passes an Ethernet in one piece.</summary>
    private const int LongestDatagram = 1432;

    private readonly Socket _socket = new(SocketType.Dgram, ProtocolType.Udp);

    private readonly KeyValuePair<string, string>[] _tags = [new("host", origin.Host), new("framework", origin.Framework), new("executor", origin.Executor)];

    public string Name => "statsd";

    public string Place => $"{server}";

    public async Task SendAsync(IReadOnlyList<Metric> metrics, bool isLast, CancellationToken cancellationToken)
    {
        // Connected anew each time: its name may lead elsewhere by now, and its absence is told on a connected socket only.
        await _socket.ConnectAsync(server.Host, server.Port, cancellationToken);
        var datagram = new StringBuilder();
        foreach (var line in metrics.SelectMany(Lines))
        {
            if (datagram.Length > 0 && datagram.Length + 1 + line.Length > LongestDatagram) await SendAsync(datagram, cancellationToken);
            datagram.Append(datagram.Length > 0 ? "\n" : "").Append(line);
        }

        if (datagram.Length > 0) await SendAsync(datagram, cancellationToken);
    }

    public void Dispose() => _socket.Dispose();

    private async Task SendAsync(StringBuilder datagram, CancellationToken cancellationToken)
    {
        await _socket.SendAsync(Encoding.ASCII.GetBytes(datagram.ToString()), cancellationToken);
        datagram.Clear();
    }

    private IEnumerable<string> Lines(Metric metric)
    {
        var tags = string.Join(',', metric.Tags.Concat(_tags).Select(tag => $"{tag.Key}:{Value(tag.Value)}"));
        return metric.Of.Kind switch
        {
            MetricKind.Timing => metric.Recent.Select(seconds => Line(seconds * 1000, "ms")),
            MetricKind.Gauge => [Line(metric.Value, "g")],
            _ => metric.Growth > 0 ? [Line(metric.Growth, "c")] : [],
        };

        string Line(double value, string type) =>
            string.Create(CultureInfo.InvariantCulture, $"{prefix}.{metric.Of.Name}:{value:0.######}|{type}|#{tags}");
    }

    /// <summary>What has a meaning in the protocol, and what is not ASCII, is no part of a tag.</summary>
    private static string Value(string text) =>
        MetricText.Clean(text, letter => letter is > ' ' and < '\x7f' and not (',' or '|' or '#' or ':'));
}
