namespace Executor.Core.Discovery.Consul;

/// <summary>One service of an instance, as Consul gets it; weight and health change and are not in here.</summary>
internal sealed record ConsulService
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Address { get; init; }

    public required int Port { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    public required IReadOnlyDictionary<string, string> Meta { get; init; }

    /// <summary>Null where Consul is to check nothing.</summary>
    public ConsulCheck? Check { get; init; }
}

/// <summary>What tells Consul a service's health.</summary>
/// <param name="Kind">The field of Consul's API: <c>TTL</c>, <c>HTTP</c> or <c>TCP</c>.</param>
/// <param name="Value">What stands there.</param>
/// <param name="Probing">Interval and timeout of what Consul does itself, with its own timeout where there is none; null where it is told.</param>
internal sealed record ConsulCheck(
    string Id, string Kind, string Value, (TimeSpan Interval, TimeSpan? Timeout)? Probing, TimeSpan DeregisterAfter)
{
    public bool IsTold => Probing is null;

    /// <summary>Whether Consul has to trust the task's certificate.</summary>
    public bool VerifyTls { get; init; } = true;
}
