namespace Executor.Control.CommandLine;

/// <summary>What <c>executorctl run</c> was asked to do. Null is what was not given.</summary>
internal sealed record RunOptions
{
    public required string App { get; init; }

    /// <summary>Over the file's own number.</summary>
    public int? Instances { get; init; }

    public TimeSpan? KillAfter { get; init; }

    public TimeSpan? ShutdownAfter { get; init; }

    public TimeSpan? RestartAgentAfter { get; init; }

    public string? Driver { get; init; }

    public string? Executor { get; init; }

    public string? Sandbox { get; init; }

    /// <summary>Over the file's own.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Env { get; init; } = [];

    /// <summary>Over the file's own.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];

    public bool Json { get; init; }
}
