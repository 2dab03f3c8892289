using System.Collections.Concurrent;

namespace Executor.Bench.Rolling;

/// <summary>What came of the requests of one load.</summary>
internal sealed class LoadTally
{
    private readonly ConcurrentQueue<double> _latencies = new();
    private readonly ConcurrentDictionary<string, int> _failures = new();

    public int Requests => _latencies.Count + Failed;

    public int Failed => _failures.Values.Sum();

    public void Served(TimeSpan latency) => _latencies.Enqueue(latency.TotalMilliseconds);

    public void Failure(string kind) => _failures.AddOrUpdate(kind, 1, (_, count) => count + 1);

    /// <summary>One line: counts, failures by kind, latency of what was served.</summary>
    public override string ToString()
    {
        var sorted = _latencies.Order().ToArray();
        var kinds = string.Join(", ", _failures.OrderByDescending(kind => kind.Value).Select(kind => $"{kind.Value} {kind.Key}"));
        return FormattableString.Invariant(
            $"{Requests} requests, {Failed} failed{(kinds.Length > 0 ? $" ({kinds})" : "")}; latency p50 {At(sorted, 0.5):F0} ms, p99 {At(sorted, 0.99):F0} ms");
    }

    private static double At(double[] sorted, double quantile) =>
        sorted.Length == 0 ? 0 : sorted[Math.Min(sorted.Length - 1, (int)(quantile * sorted.Length))];
}
