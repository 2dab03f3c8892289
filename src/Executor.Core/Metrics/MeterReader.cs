using System.Diagnostics.Metrics;
using System.Globalization;
using Executor.Core.Telemetry;
using NLog;

namespace Executor.Core.Metrics;

/// <summary>Listens to the executor's instruments and keeps what they measure. Any thread.</summary>
internal sealed class MeterReader : IDisposable
{
    /// <summary>An executor of very many tasks must not grow without a bound; what is beyond is told once, and not kept.</summary>
    private const int MostSeries = 10_000;

    private readonly Lock _gate = new();
    private readonly MeterListener _listener = new();
    private readonly Dictionary<(Instrument, string), MetricSeries> _happened = [];
    private readonly Dictionary<(Instrument, string), MetricSeries> _observed = [];
    private readonly HashSet<(Instrument, string)> _seen = [];
    private readonly Logger _log;
    private readonly int _mostSeries;
    private bool _isFull;

    public MeterReader(Logger log, int mostSeries = MostSeries)
    {
        (_log, _mostSeries) = (log, mostSeries);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Instruments.Meter.Name) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Asks those instruments that have to be asked. What is observed no more, as its task is over, is left out.</summary>
    /// <returns>By instrument.</returns>
    public IReadOnlyList<Metric> Read()
    {
        lock (_gate)
        {
            _seen.Clear();
            _listener.RecordObservableInstruments();
            foreach (var gone in _observed.Keys.Except(_seen).ToArray()) _observed.Remove(gone);
            return [.. _happened.Values.Concat(_observed.Values).Select(series => series.Read()).OrderBy(metric => metric.Of.Name, StringComparer.Ordinal)];
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new KeyValuePair<string, string>[tags.Length];
        for (var i = 0; i < tags.Length; i++)
            labels[i] = new(tags[i].Key, Convert.ToString(tags[i].Value, CultureInfo.InvariantCulture) ?? "");
        var key = (instrument, string.Join('\n', labels));
        lock (_gate)
        {
            var all = instrument.IsObservable ? _observed : _happened;
            if (!all.TryGetValue(key, out var series))
            {
                if (all.Count >= _mostSeries)
                {
                    if (!_isFull) _log.Warn("{0} series are kept; what is measured of others is not", _mostSeries);
                    _isFull = true;
                    return;
                }

                all.Add(key, series = new MetricSeries(NameOf(instrument), labels));
            }

            if (!instrument.IsObservable)
            {
                series.Add(value);
                return;
            }

            series.Set(value);
            _seen.Add(key);
        }
    }

    private static MetricName NameOf(Instrument instrument) => new(
        instrument.Name, instrument.Unit, instrument.Description ?? "", instrument switch
        {
            Histogram<double> => MetricKind.Timing,
            Counter<long> or ObservableCounter<double> or ObservableCounter<long> => MetricKind.Counter,
            _ => MetricKind.Gauge,
        });
}
