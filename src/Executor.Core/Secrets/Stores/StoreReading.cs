using Executor.Core.Configuration;
using Executor.Core.Hooks;
using NLog;

namespace Executor.Core.Secrets.Stores;

/// <summary>Reads a store, again where that may help, within one limit.</summary>
internal sealed class StoreReading(IConfigurationStore store, TimeProvider time, Logger log)
{
    /// <summary>All tries and pauses together.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private volatile string? _trouble;

    /// <summary>The last failure.</summary>
    public string? Trouble => _trouble;

    /// <exception cref="HookException">It cannot be had, or not in time.</exception>
    public async Task<StoredDocument> RunAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await InsistAsync(both.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new HookException($"{_trouble ?? $"{store.Description} did not answer"}; given up after {MesosDuration.Format(Limit)}");
        }
    }

    private async Task<StoredDocument> InsistAsync(CancellationToken cancellationToken)
    {
        var backoff = new Backoff(FirstPause, LongestPause, time);
        while (true)
        {
            TimeSpan wish;
            try
            {
                return await store.FetchAsync(cancellationToken);
            }
            catch (StoreUnavailableException e)
            {
                if (_trouble != e.Message) log.Warn("{0}; trying again", _trouble = e.Message);
                wish = e.RetryAfter;
            }

            var pause = backoff.Next();
            await Task.Delay(wish > pause ? LongestWait.Clamp(wish) : pause, time, cancellationToken);
        }
    }
}
