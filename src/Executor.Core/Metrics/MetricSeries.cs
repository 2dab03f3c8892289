namespace Executor.Core.Metrics;

/// <summary>Adds up what is measured of one series. Not thread-safe.</summary>
internal sealed class MetricSeries(MetricName of, IReadOnlyList<KeyValuePair<string, string>> tags)
{
    private const int MostRecent = 100;

    private readonly List<double> _recent = [];
    private double _value;
    private double _read;
    private long _count;
    private double _greatest;

    public void Add(double measured)
    {
        _value += measured;
        _count++;
        if (of.Kind != MetricKind.Timing) return;
        _greatest = Math.Max(_greatest, measured);
        if (_recent.Count < MostRecent) _recent.Add(measured);
    }

    /// <summary>What was observed takes the place of what was known.</summary>
    public void Set(double observed) => _value = observed;

    public Metric Read()
    {
        var metric = new Metric(of, tags) { Value = _value, Growth = _value - _read, Count = _count, Greatest = _greatest, Recent = [.. _recent] };
        (_read, _greatest) = (_value, 0);
        _recent.Clear();
        return metric;
    }
}
