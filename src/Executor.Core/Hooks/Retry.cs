using Executor.Core.Configuration;
using NLog;

namespace Executor.Core.Hooks;

/// <summary>A server could not be asked, or did not do what it was asked, as far as is known. Worth another try.</summary>
/// <param name="retryAfter">When it wants to be asked again, at the earliest.</param>
internal sealed class UnavailableException(string message, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    public TimeSpan RetryAfter { get; } = retryAfter ?? TimeSpan.Zero;
}

/// <summary>Repeats what failed and may succeed later, with pauses that grow; who calls limits it.</summary>
internal sealed class Retry(TimeSpan first, TimeSpan longest, TimeProvider time, Logger log)
{
    private volatile string? _trouble;

    /// <summary>
    /// Why the last run is not done yet, or was not when it was given up; null where it has succeeded. Of two at once it is
    /// that of the one that something happened to last. Any thread.
    /// </summary>
    public string? Trouble => _trouble;

    /// <summary>Returns when it has succeeded; every exception but <see cref="UnavailableException"/> is final.</summary>
    /// <param name="patience">After this a failure is final, too: a <see cref="HookException"/>. Zero is one try; null is no limit.</param>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> attempt, CancellationToken cancellationToken, TimeSpan? patience = null)
    {
        var started = time.GetTimestamp();
        var backoff = new Backoff(first, longest);
        _trouble = null;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TimeSpan pause;
            try
            {
                var result = await attempt(cancellationToken);
                _trouble = null;
                return result;
            }
            catch (UnavailableException e)
            {
                var left = patience - time.GetElapsedTime(started);
                var isNew = _trouble != e.Message;
                _trouble = e.Message;
                if (left <= TimeSpan.Zero) throw new HookException(e.Message, e);
                if (isNew && !cancellationToken.IsCancellationRequested) log.Warn("{0}; trying again", e.Message);
                pause = backoff.Next();
                if (pause < e.RetryAfter) pause = LongestWait.Clamp(e.RetryAfter);
                if (left < pause) pause = left.Value;
            }

            await Task.Delay(pause, time, cancellationToken);
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
