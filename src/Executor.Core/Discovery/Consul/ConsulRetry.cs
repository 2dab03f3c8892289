using Executor.Core.Hooks;
using NLog;

namespace Executor.Core.Discovery.Consul;

/// <summary>Repeats what failed and may succeed later, with pauses that grow and differ between executors.</summary>
internal sealed class ConsulRetry(TimeProvider time, Logger log)
{
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private volatile string? _trouble;

    /// <summary>The last failure.</summary>
    public string? Trouble => _trouble;

    /// <summary>Returns when it has succeeded.</summary>
    /// <exception cref="HookException">It was refused for good.</exception>
    public async Task RunAsync(Func<Task> request, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(First, Longest, time);
        while (true)
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
                await backoff.WaitAsync(cancellationToken);
            }
        }
    }
}
