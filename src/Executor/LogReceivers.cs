using Executor.Core.Discovery.Consul;
using Executor.Core.Logs.Shipping;

namespace Executor;

/// <summary>Receivers of logs that Consul knows: the two features do not know each other.</summary>
internal sealed class LogReceivers(ConsulReceivers consul) : IReceivers
{
    private (object? Of, IReadOnlyList<LogAddress> Addresses) _last = (null, []);

    public IReadOnlyList<LogAddress> Current
    {
        get
        {
            var found = consul.Current;
            var last = _last;
            if (last.Of != found) _last = last = (found, [.. found.Select(one => new LogAddress(one.Host, one.Port))]);
            return last.Addresses;
        }
    }
}
