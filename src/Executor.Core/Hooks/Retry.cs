using Executor.Core.Configuration;
using NLog;

namespace Executor.Core.Hooks;

/// <summary>
/// A server could not be asked, has failed, or cannot do it now; whether it did what was asked is unknown. Worth another try.
/// </summary>
/// <param name="retryAfter">When it wants to be asked again, at the earliest.</param>
internal sealed class UnavailableException(string message, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    public TimeSpan RetryAfter { get; } = retryAfter ?? TimeSpan.Zero;
}

/// <summary>Repeats what failed and may succeed later, with pauses that grow; who calls limits it.</summary>
internal sealed class Retry(TimeSpan first, TimeSpan longest, TimeProvider time, Logger log)
{
    private string? _trouble;

    /// <summary>Why what is under way is not done yet; any thread.</summary>
    public string? Trouble => Volatile.Read(ref _trouble);

    /// <summary>Returns when it has succeeded; every exception but <see cref="UnavailableException"/> is final.</summary>
    /// <param name="patience">After this a failure is final, too: a <see cref="HookException"/>. Zero is one try; null is no limit.</param>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> attempt, CancellationToken cancellationToken, TimeSpan? patience = null)
    {
        var started = time.GetTimestamp();
        var backoff = new Backoff(first, longest, time);
        string? trouble = null;
        Volatile.Write(ref _trouble, null);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TimeSpan wish;
            try
            {
                var result = await attempt(cancellationToken);
                // But not the trouble of another run.
                Interlocked.CompareExchange(ref _trouble, null, trouble);
                return result;
            }
            catch (UnavailableException e)
            {
                var isNew = e.Message != trouble && e.Message != Trouble;
                Volatile.Write(ref _trouble, trouble = e.Message);
                if (time.GetElapsedTime(started) >= patience) throw new HookException(e.Message, e);
                if (isNew) log.Warn("{0}; trying again", e.Message);
                wish = e.RetryAfter;
            }

            var pause = backoff.Next();
            await Task.Delay(wish > pause ? LongestWait.Clamp(wish) : pause, time, cancellationToken);
        }
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public Task RunAsync(Func<CancellationToken, Task> attempt, CancellationToken cancellationToken, TimeSpan? patience = null) => RunAsync(
        async token =>
        {
            await attempt(token);
            return true;
        },
        cancellationToken,
        patience);
}
