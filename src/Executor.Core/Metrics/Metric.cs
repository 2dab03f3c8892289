namespace Executor.Core.Metrics;

internal enum MetricKind
{
    /// <summary>Only grows.</summary>
    Counter,

    Gauge,

    /// <summary>Many values, of which sum, count and greatest are kept.</summary>
    Timing,
}

/// <summary>The name, the unit and the meaning that all series of an instrument share.</summary>
/// <param name="Name">Words, separated by dots.</param>
/// <param name="Unit">Of UCUM: <c>s</c>, <c>By</c>; null is a number of things.</param>
internal sealed record MetricName(string Name, string? Unit, string Description, MetricKind Kind);

/// <summary>One series of an instrument as it stands.</summary>
/// <param name="Tags">In the order in which they were given.</param>
internal sealed record Metric(MetricName Of, IReadOnlyList<KeyValuePair<string, string>> Tags)
{
    /// <summary>Of a counter since the start, of a gauge now, of timings their sum since the start.</summary>
    public required double Value { get; init; }

    /// <summary>By how much the value has grown since it was last read.</summary>
    public required double Growth { get; init; }

    /// <summary>How many timings there were since the start.</summary>
    public long Count { get; init; }

    /// <summary>The greatest timing since they were last read; 0 where there was none.</summary>
    public double Greatest { get; init; }

    /// <summary>The timings since they were last read, the first of them where there were very many.</summary>
    public IReadOnlyList<double> Recent { get; init; } = [];
}
