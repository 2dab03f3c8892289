using NLog;

namespace Executor.Core.Discovery.Consul;

/// <summary>One service of a running task, and what Consul's agent has of it. One caller at a time, but for Remove.</summary>
internal sealed class ConsulEntry(ConsulService service, ConsulClient client, ConsulRetry retry, Logger log)
{
    private readonly Lock _lock = new();

    /// <summary>How many registrations were answered, or failed.</summary>
    private int _registrations;

    /// <summary>0 where nothing is known to be registered.</summary>
    private int _weight;
    private string? _error;

    /// <summary>What requests for it are repeated with.</summary>
    public ConsulRetry Retry => retry;

    /// <summary>Whether the agent has it or may have it.</summary>
    public bool MayBeThere { get; private set; }

    /// <remarks>A request that was sent cannot be taken back, so none is broken off: Withdraw has to wait for it.</remarks>
    public async Task RegisterAsync(int weight, bool healthy, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        MayBeThere = true;
        try
        {
            await client.RegisterAsync(ConsulJson.Registration(service, weight, healthy), CancellationToken.None);
        }
        finally
        {
            lock (_lock)
            {
                MayBeThere = true; // a removal may have come between
                _registrations++;
            }
        }

        _weight = weight;
        log.Info(
            "registered {0} at {1}:{2} as {3}, weight {4}, {5}",
            service.Name, service.Address, service.Port, service.Id, weight, service.Check is { } check ? $"check {check.Kind} {check.Value}" : "no check");
    }

    /// <summary>Brings the agent to this weight and health, and registers the service anew where the agent has lost it.</summary>
    /// <returns>Whether that worked.</returns>
    public async Task<bool> KeepAsync(int weight, bool healthy, CancellationToken cancellationToken)
    {
        try
        {
            if (weight != _weight)
            {
                await RegisterAsync(weight, healthy, cancellationToken);
            }
            else if (!await IsKnownAsync(healthy) && healthy)
            {
                // One that is unhealthy waits: Consul itself removes what was critical for long.
                log.Warn("Consul has lost {0}: it is registered again", service.Id);
                await RegisterAsync(weight, healthy, cancellationToken);
            }

            if (_error is not null) log.Info("Consul has {0} again", service.Id);
            _error = null;
            return true;
        }
        catch (ConsulException e)
        {
            if (_error != e.Message) log.Warn("{0}: {1}; trying again", service.Id, e.Message);
            _error = e.Message;
            return false;
        }
    }

    /// <exception cref="ConsulException">It is not, or that cannot be found out.</exception>
    public async Task ExpectResolvableAsync(CancellationToken cancellationToken)
    {
        if (!await client.ResolvesAsync(service.Name, service.Id, cancellationToken))
            throw new ConsulException($"{service.Id} cannot be resolved yet", isFinal: false);
    }

    /// <remarks>A registration that is answered meanwhile may have been carried out after the removal: the entry may still be there then.</remarks>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        int before;
        lock (_lock) before = _registrations;
        await client.DeregisterAsync(service.Id, cancellationToken);
        lock (_lock) MayBeThere = before != _registrations;
    }

    private Task<bool> IsKnownAsync(bool healthy) => service.Check is { IsTold: true } check
        ? client.UpdateAsync(check.Id, ConsulJson.Health(healthy), CancellationToken.None)
        : client.KnowsAsync(service.Id, CancellationToken.None);
}
