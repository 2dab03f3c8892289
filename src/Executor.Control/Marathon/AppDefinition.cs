namespace Executor.Control.Marathon;

/// <summary>
/// A Marathon app as far as it reaches an executor. What only the scheduler needs (constraints, back-off, upgrade
/// strategy) is not here. Absent fields hold Marathon's defaults.
/// </summary>
internal sealed record AppDefinition
{
    /// <summary>More would only fill the machine: there are no more ports than this, either.</summary>
    public const int MostInstances = 1000;

    /// <summary>The absolute path, e.g. <c>/shop/cart</c>.</summary>
    public required string Id { get; init; }

    public required string Cmd { get; init; }

    /// <summary>In the file's order; secret references are left out, as Marathon does without a secrets plugin.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Env { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];

    public IReadOnlyList<PortDefinition> Ports { get; init; } = [];

    /// <summary>Whether the ports asked for are the host's ports; otherwise they only name a service.</summary>
    public bool RequirePorts { get; init; }

    /// <summary>Only those that Marathon leaves to the executor.</summary>
    public IReadOnlyList<HealthCheckDefinition> HealthChecks { get; init; } = [];

    public IReadOnlyList<Artifact> Fetch { get; init; } = [];

    public TimeSpan? KillGracePeriod { get; init; }

    public int Instances { get; init; } = 1;

    public string? User { get; init; }

    public double Cpus { get; init; } = 1;

    public double Mem { get; init; } = 128;

    public double Disk { get; init; }

    public int Gpus { get; init; }

    /// <summary>What the executor itself asks for; null, as usual, is nothing.</summary>
    public ExecutorResources? ExecutorResources { get; init; }

    /// <summary>The version Marathon would show: the file's, or the moment it was read.</summary>
    public required string Version { get; init; }

    /// <summary>The name people call it by: the last segment of the id.</summary>
    public string ShortName => Id[(Id.LastIndexOf('/') + 1)..];
}

/// <param name="Port">The port asked for; 0 is any.</param>
/// <param name="Protocols">One or both of tcp and udp, in the file's order.</param>
/// <param name="Path">Where it stands in the file, for errors found later.</param>
internal sealed record PortDefinition(
    int Port,
    string? Name,
    IReadOnlyList<string> Protocols,
    IReadOnlyList<KeyValuePair<string, string>> Labels,
    string Path);

internal enum HealthCheckProtocol
{
    Command,
    MesosHttp,
    MesosHttps,
    MesosTcp,
}

internal sealed record HealthCheckDefinition
{
    public required HealthCheckProtocol Protocol { get; init; }

    public string? Command { get; init; }

    public string? HttpPath { get; init; }

    /// <summary>A fixed port; it wins over <see cref="PortIndex"/>.</summary>
    public int? Port { get; init; }

    public int PortIndex { get; init; }

    public bool Ipv6 { get; init; }

    public int DelaySeconds { get; init; } = 15;

    public int IntervalSeconds { get; init; } = 60;

    public int TimeoutSeconds { get; init; } = 20;

    public int GracePeriodSeconds { get; init; } = 300;

    public int MaxConsecutiveFailures { get; init; } = 3;
}

/// <param name="Uri">As written in the file.</param>
/// <param name="DestPath">Where it goes in the sandbox; null is the file's own name.</param>
/// <param name="Path">Where it stands in the file, for errors found later.</param>
internal sealed record Artifact(
    string Uri, bool Extract, bool Executable, bool Cache, string? DestPath, string Path);

internal sealed record ExecutorResources(double Cpus, double Mem, double Disk);
