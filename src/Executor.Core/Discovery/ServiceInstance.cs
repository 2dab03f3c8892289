namespace Executor.Core.Discovery;

/// <summary>One running task as registries and load balancers see it. Nothing in it is of Mesos.</summary>
public sealed record ServiceInstance
{
    /// <summary>The task's id: unique in its cluster.</summary>
    public required string Id { get; init; }

    /// <summary>A host name or an IP address, without brackets; where traffic is to go.</summary>
    public required string Address { get; init; }

    /// <summary>In the order of their definition; may be empty.</summary>
    public required IReadOnlyList<ServicePort> Ports { get; init; }

    /// <summary>The labels of the whole app.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>The framework's name.</summary>
    public required string Framework { get; init; }

    /// <summary>The app's version, where its framework gives one.</summary>
    public string? Version { get; init; }

    /// <summary>How the task's health is found out; null where nobody checks it.</summary>
    public ServiceCheck? Check { get; init; }
}

/// <summary>One port of an instance.</summary>
/// <param name="Name">Null where it has none.</param>
/// <param name="Protocol">As its framework spells it, e.g. <c>tcp</c>; null where it does not.</param>
/// <param name="Labels">Its own, not those of the app.</param>
public sealed record ServicePort(int Number, string? Name, string? Protocol, IReadOnlyDictionary<string, string> Labels);

/// <summary>A check that somebody else could do as well.</summary>
/// <param name="Scheme"><c>http</c>, <c>https</c>, <c>tcp</c>, or <c>command</c>, which only the executor can do.</param>
/// <param name="Port">0 for a command.</param>
/// <param name="Path">With its query; <c>/</c> at least for HTTP, else empty.</param>
/// <param name="Timeout">Null is none.</param>
public sealed record ServiceCheck(string Scheme, int Port, string Path, TimeSpan Interval, TimeSpan? Timeout)
{
    /// <summary>Whether the certificate has to be trusted, for https.</summary>
    public bool VerifyTls { get; init; } = true;
}
