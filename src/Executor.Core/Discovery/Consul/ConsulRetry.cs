using Executor.Core.Hooks;
using NLog;

namespace Executor.Core.Discovery.Consul;

/// <summary>Repeats what failed and may succeed later, with pauses that grow and differ between executors.</summary>
internal sealed class ConsulRetry(TimeProvider time, Logger log)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private volatile string? _trouble;

    /// <summary>The last failure.</summary>
    public string? Trouble => _trouble;

    /// <summary>Returns when it has succeeded.</summary>
    /// <exception cref="HookException">It was refused for good.</exception>
    public async Task RunAsync(Func<Task> request, CancellationToken cancellationToken)
    {
        for (var failures = 0; ; failures++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await request();
                return;
            }
            catch (ConsulException e) when (e.IsFinal)
            {
                throw new HookException(e.Message, e);
            }
            catch (ConsulException e)
            {
                if (_trouble != e.Message) log.Warn("{0}; trying again", _trouble = e.Message);
                await Task.Delay(Pause(failures, Longest), time, cancellationToken);
            }
        }
    }

    /// <summary>Between half of the full pause and all of it: many executors lose the same agent at once.</summary>
    /// <param name="failures">In a row, before the last one.</param>
    public static TimeSpan Pause(int failures, TimeSpan longest)
    {
        var full = First * (1 << Math.Min(failures, 16));
        return (full < longest ? full : longest) * (0.5 + (Random.Shared.NextDouble() / 2));
    }
}
