namespace Executor.Bench.Compare;

/// <summary>An executor did not do what every executor does: there is nothing to compare. The message names it.</summary>
internal sealed class ContenderException(string message) : Exception(message);
