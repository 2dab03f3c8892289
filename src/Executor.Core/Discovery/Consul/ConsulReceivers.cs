using System.Text.Json;
using Executor.Core.Configuration;
using NLog;

namespace Executor.Core.Discovery.Consul;

/// <summary>
/// The healthy instances of a service, for what goes on using them: asked for again, at most every ten seconds, when
/// somebody looks. An answer without any and a query that fails change nothing: Consul in trouble is no reason to stop.
/// </summary>
public sealed class ConsulReceivers
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(10);
    private static readonly Logger Log = LogManager.GetLogger("consul");

    private readonly ConsulClient _client;
    private readonly string _service;
    private readonly TimeProvider _time;
    private readonly Lock _asking = new();
    private long? _asked;
    private volatile IReadOnlyList<HostAndPort> _current = [];

    /// <exception cref="Hooks.InvalidTaskException">A file that the settings name cannot be used.</exception>
    public ConsulReceivers(Settings settings, string service, TimeProvider time)
    {
        (_client, _service, _time) = (ConsulConnection.Open(settings, time), service, time);
        _ = Current;
    }

    /// <summary>Those last found; returns at once. Any thread.</summary>
    public IReadOnlyList<HostAndPort> Current
    {
        get
        {
            lock (_asking)
            {
                if (_asked is { } asked && _time.GetElapsedTime(asked) < Refresh) return _current;
                _asked = _time.GetTimestamp();
            }

            _ = RefreshAsync();
            return _current;
        }
    }

    private async Task RefreshAsync()
    {
        try
        {
            if (await _client.HealthyAsync(_service, CancellationToken.None) is { Count: > 0 } found) _current = found;
        }
        catch (Exception e) when (e is ConsulException or JsonException)
        {
            Log.Debug("{0} cannot be looked up: {1}", _service, e.Message);
        }
    }
}
