using System.Net.Sockets;
using Executor.Core.Configuration;
using Executor.Core.Hooks;
using Executor.Core.Telemetry;
using NLog;

namespace Executor.Core.Metrics;

/// <summary>
/// Sends the executor's metrics to where the settings say, again and again and once at the end. A sink that does not take
/// them is counted, and its trouble logged once; nothing waits for it but the next sending.
/// </summary>
public sealed class MetricsPush : IAsyncDisposable
{
    private static readonly Logger Log = LogManager.GetLogger("metrics");

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>The executor is about to leave, and the agent waits.</summary>
    private static readonly TimeSpan LastLimit = TimeSpan.FromMilliseconds(500);

    private readonly TaskUsages _usages = new();
    private readonly MeterReader _reader = new();
    private readonly IReadOnlyList<IMetricsSink> _sinks;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly Dictionary<IMetricsSink, string> _troubles = [];
    private readonly CancellationTokenSource _over = new();
    private readonly Task _running;

    private MetricsPush(IReadOnlyList<IMetricsSink> sinks, TimeSpan interval, TimeProvider time)
    {
        (_sinks, _interval, _time) = (sinks, interval, time);
        _running = RunAsync();
    }

    /// <returns>Null where nobody wants them.</returns>
    public static MetricsPush? Start(Settings settings, MetricsOrigin origin, TimeProvider time)
    {
        var prefix = settings.Get(MetricsSettings.Prefix);
        var sinks = new List<IMetricsSink>();
        if (settings.Get(MetricsSettings.Graphite) is { } graphite) sinks.Add(new GraphiteSink(graphite, prefix, origin, time));
        if (settings.Get(MetricsSettings.Statsd) is { } statsd) sinks.Add(new StatsdSink(statsd, prefix, origin));
        if (settings.Get(MetricsSettings.Prometheus) is { } folder) sinks.Add(new PrometheusFile(folder, prefix, origin));
        return sinks.Count > 0 ? new MetricsPush(sinks, settings.Get(MetricsSettings.Interval), time) : null;
    }

    /// <summary>Lets the metrics tell what a task uses.</summary>
    public HookFactory Hook => _usages.Hook;

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _running;
        await SendAsync(LastLimit, CancellationToken.None);
        foreach (var sink in _sinks) sink.Dispose();
        _reader.Dispose();
        _usages.Dispose();
        _over.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(_interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_over.Token)) await SendAsync(Limit, _over.Token);
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }
    }

    private async Task SendAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        _usages.Refresh();
        var metrics = _reader.Read();
        using var within = new CancellationTokenSource(limit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(within.Token, cancellationToken);
        await Task.WhenAll(_sinks.Select(sink => SendAsync(sink, metrics, both.Token)));
    }

    private async Task SendAsync(IMetricsSink sink, IReadOnlyList<Metric> metrics, CancellationToken cancellationToken)
    {
        try
        {
            await sink.SendAsync(metrics, cancellationToken);
            Tell(sink, null);
        }
        catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException)
        {
            Tell(sink, e.Message);
        }
        catch (OperationCanceledException)
        {
            if (!_over.IsCancellationRequested) Tell(sink, $"no end within {MesosDuration.Format(Limit)}");
        }
    }

    private void Tell(IMetricsSink sink, string? trouble)
    {
        if (trouble is not null) Instruments.MetricsFailures.Add(1, new KeyValuePair<string, object?>("sink", sink.Name));
        lock (_troubles)
        {
            var before = _troubles.GetValueOrDefault(sink);
            if (trouble == before) return;
            if (trouble is null)
            {
                _troubles.Remove(sink);
                Log.Info("{0}: metrics are taken again", sink.Name);
                return;
            }

            _troubles[sink] = trouble;
            Log.Warn("{0}: metrics are not taken: {1}", sink.Name, trouble);
        }
    }
}
