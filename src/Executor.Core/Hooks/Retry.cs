using Executor.Core.Configuration;
using NLog;

namespace Executor.Core.Hooks;

/// <summary>A server could not be asked, or has failed; whether it did what was asked is unknown. Worth another try.</summary>
/// <param name="retryAfter">When it wants to be asked again, at the earliest.</param>
internal sealed class UnavailableException(string message, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    public TimeSpan RetryAfter { get; } = retryAfter ?? TimeSpan.Zero;
}

/// <summary>Repeats what failed and may succeed later, with pauses that grow; who calls limits it.</summary>
internal sealed class Retry(TimeSpan first, TimeSpan longest, TimeProvider time, Logger log)
{
    private volatile string? _trouble;

    /// <summary>The last failure; any thread.</summary>
    public string? Trouble => _trouble;

    /// <summary>Returns when it has succeeded; every exception but <see cref="UnavailableException"/> is final.</summary>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> attempt, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(first, longest, time);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TimeSpan wish;
            try
            {
                return await attempt(cancellationToken);
            }
            catch (UnavailableException e)
            {
                if (_trouble != e.Message) log.Warn("{0}; trying again", e.Message);
                _trouble = e.Message;
                wish = e.RetryAfter;
            }

            var pause = backoff.Next();
            await Task.Delay(wish > pause ? LongestWait.Clamp(wish) : pause, time, cancellationToken);
        }
    }
}
