namespace Executor.Bench.Compare;

/// <summary>An executor to compare with the others.</summary>
/// <param name="Name">The head of its column.</param>
/// <param name="What">What it is, for readers of the results.</param>
/// <param name="Command">Its command line, for a shell; the agent puts the task's command behind it.</param>
/// <param name="Settings">For its environment.</param>
internal sealed record Contender(string Name, string What, string Command, IReadOnlyDictionary<string, string> Settings);
