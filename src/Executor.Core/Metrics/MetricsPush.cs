using Executor.Core.Configuration;
using Executor.Core.Hooks;
using NLog;

namespace Executor.Core.Metrics;

/// <summary>
/// Sends the executor's metrics to where the settings say, again and again and once at the end. Nothing waits for a sink but
/// the next sending.
/// </summary>
public sealed class MetricsPush : IAsyncDisposable
{
    private static readonly Logger Log = LogManager.GetLogger("metrics");

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>The executor is about to leave, and the agent waits.</summary>
    private static readonly TimeSpan LastLimit = TimeSpan.FromMilliseconds(500);

    private readonly TaskUsages _usages = new();
    private readonly MeterReader _reader = new(Log);
    private readonly IReadOnlyList<MetricsDelivery> _deliveries;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _running;

    private MetricsPush(IReadOnlyList<IMetricsSink> sinks, TimeSpan interval, TimeProvider time)
    {
        (_deliveries, _interval, _time) = ([.. sinks.Select(sink => new MetricsDelivery(sink, time, Log))], interval, time);
        _running = RunAsync();
    }

    /// <returns>Null where nobody wants them.</returns>
    public static MetricsPush? Start(Settings settings, MetricsOrigin origin, TimeProvider time)
    {
        var prefix = settings.Get(MetricsSettings.Prefix);
        var sinks = new List<IMetricsSink>();
        if (settings.Get(MetricsSettings.Graphite) is { } graphite) sinks.Add(new GraphiteSink(graphite, prefix, origin, time));
        if (settings.Get(MetricsSettings.Statsd) is { } statsd) sinks.Add(new StatsdSink(statsd, prefix, origin));
        if (settings.Get(MetricsSettings.Prometheus) is { } folder) sinks.Add(new PrometheusFile(folder, prefix, origin, time));
        return sinks.Count > 0 ? new MetricsPush(sinks, settings.Get(MetricsSettings.Interval), time) : null;
    }

    /// <summary>Lets the metrics tell what a task uses.</summary>
    public HookFactory Hook => _usages.Hook;

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _running;
        await SendAsync(isLast: true, LastLimit, CancellationToken.None);
        foreach (var delivery in _deliveries) delivery.Dispose();
        _reader.Dispose();
        _usages.Dispose();
        _over.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(_interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_over.Token)) await SendAsync(isLast: false, Limit, _over.Token);
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }
    }

    private Task SendAsync(bool isLast, TimeSpan limit, CancellationToken cancellationToken)
    {
        _usages.Refresh();
        var metrics = _reader.Read();
        return Task.WhenAll(_deliveries.Select(delivery => delivery.SendAsync(metrics, isLast, limit, cancellationToken)));
    }
}
