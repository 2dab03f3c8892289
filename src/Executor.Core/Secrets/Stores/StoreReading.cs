using Executor.Core.Configuration;
using Executor.Core.Hooks;
using NLog;

namespace Executor.Core.Secrets.Stores;

/// <summary>Reads a store, again where that may help, within one limit.</summary>
internal sealed class StoreReading(IConfigurationStore store, TimeProvider time, Logger log)
{
    /// <summary>All tries and pauses together.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly Retry _retry = new(FirstPause, LongestPause, time, log);

    /// <inheritdoc cref="Retry.Trouble"/>
    public string? Trouble => _retry.Trouble;

    /// <exception cref="HookException">It cannot be had, or not in time.</exception>
    public async Task<StoredDocument> RunAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await _retry.RunAsync(FetchAsync, both.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new HookException($"{Trouble ?? $"{store.Description} did not answer"}; given up after {MesosDuration.Format(Limit)}");
        }
    }

    private async Task<StoredDocument> FetchAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await store.FetchAsync(cancellationToken);
        }
        catch (UnavailableException e) when (e.RetryAfter >= Limit)
        {
            throw new HookException($"{e.Message}; it wants to be asked again in {MesosDuration.Format(LongestWait.Clamp(e.RetryAfter))}, and the limit is {MesosDuration.Format(Limit)}", e);
        }
    }
}
