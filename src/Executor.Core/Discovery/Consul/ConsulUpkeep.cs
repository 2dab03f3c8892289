using System.Threading.Channels;
using Executor.Core.Hooks;

namespace Executor.Core.Discovery.Consul;

/// <summary>
/// Keeps Consul's agent at what is true of the services: the health at once when it changes, the weight when it rises, and
/// all of it at every beat, by which a check stays alive and a loss is noticed.
/// </summary>
internal sealed class ConsulUpkeep(IReadOnlyList<ConsulEntry> entries, ConsulWeight weight, TimeSpan beat, TimeProvider time)
{
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private volatile bool _healthy = true;

    /// <summary>Any thread; returns at once.</summary>
    public void Tell(bool healthy)
    {
        _healthy = healthy;
        Wake();
    }

    /// <summary>Runs until it is cancelled; never faults.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        await using var beats = time.CreateTimer(_ => Wake(), null, beat, beat);
        await using var steps = weight.Steps > 0 ? time.CreateTimer(_ => Wake(), null, weight.Step, weight.Step) : null;
        try
        {
            var backoff = new Backoff(ConsulRetry.First, beat);
            while (true)
            {
                await _wake.Reader.ReadAsync(cancellationToken);
                var (healthy, now) = (_healthy, weight.At(time.GetElapsedTime(started)));
                if (now == weight.Full) steps?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                var kept = await Task.WhenAll(entries.Select(entry => entry.KeepAsync(now, healthy, cancellationToken)));
                var isKept = kept.All(good => good);
                if (isKept) backoff.Reset();
                beats.Change(isKept ? beat : backoff.Next(), beat);
            }
        }
        catch (OperationCanceledException)
        {
            // Withdrawn.
        }
    }

    private void Wake() => _wake.Writer.TryWrite(true);
}
