using System.Net.Sockets;
using Executor.Core.Configuration;
using Executor.Core.Processes;
using Executor.Core.Telemetry;
using NLog;

namespace Executor.Core.Metrics;

/// <summary>Brings metrics to one sink, in time or not at all. One call at a time.</summary>
internal sealed class MetricsDelivery(IMetricsSink sink, TimeProvider time, Logger log) : IDisposable
{
    /// <summary>Over UDP every other sending seems to succeed where nobody is.</summary>
    private const int GoodInARow = 2;

    private Task _sending = Task.CompletedTask;
    private string? _trouble;
    private int _good;

    /// <summary>What fails is counted, and its trouble logged when it begins and when it is over.</summary>
    /// <param name="isLast">Nothing comes after these.</param>
    public async Task SendAsync(IReadOnlyList<Metric> metrics, bool isLast, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var within = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(within.Token, cancellationToken);
        try
        {
            await _sending.WaitAsync(both.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            both.Token.ThrowIfCancellationRequested();
            // On a thread of its own, as a folder of a network may hang, and not even be told to stop.
            _sending = Task.Run(() => sink.SendAsync(metrics, isLast, both.Token), CancellationToken.None);
            await _sending.WaitAsync(both.Token);
            Succeeded();
        }
        catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException)
        {
            Failed(Errno.Reason(e));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Failed($"no end within {MesosDuration.Format(limit)}");
        }
        catch (OperationCanceledException)
        {
            // The executor leaves.
        }
    }

    public void Dispose() => sink.Dispose();

    private void Succeeded()
    {
        if (_trouble is null || ++_good < GoodInARow) return;
        _trouble = null;
        log.Info("{0}: metrics are taken again", sink.Name);
    }

    private void Failed(string trouble)
    {
        Instruments.MetricsFailures.Add(1, new KeyValuePair<string, object?>("sink", sink.Name));
        _good = 0;
        if (trouble == _trouble) return;
        _trouble = trouble;
        log.Warn("{0}: metrics are not taken: {1}: {2}", sink.Name, sink.Place, trouble);
    }
}
