namespace Executor.Core.Metrics;

/// <summary>Whose metrics these are.</summary>
/// <param name="Host">Of the agent.</param>
public sealed record MetricsOrigin(string Host, string Framework, string Executor);
