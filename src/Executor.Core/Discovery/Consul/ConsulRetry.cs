using Executor.Core.Hooks;
using NLog;

namespace Executor.Core.Discovery.Consul;

/// <summary>Repeats a request to Consul until it has succeeded, or was refused for good.</summary>
internal sealed class ConsulRetry(TimeProvider time, Logger log)
{
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private readonly Retry _retry = new(First, Longest, time, log);

    /// <inheritdoc cref="Retry.Trouble"/>
    public string? Trouble => _retry.Trouble;

    /// <exception cref="HookException">It was refused for good.</exception>
    public Task RunAsync(Func<Task> request, CancellationToken cancellationToken) => _retry.RunAsync(
        async _ =>
        {
            try
            {
                await request();
            }
            catch (ConsulException e)
            {
                throw e.IsFinal ? new HookException(e.Message, e) : new UnavailableException(e.Message, inner: e);
            }
        },
        cancellationToken);
}
