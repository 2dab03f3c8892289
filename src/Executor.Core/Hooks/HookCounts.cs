using System.Collections.Concurrent;

namespace Executor.Core.Hooks;

/// <summary>What the hooks of all tasks have done so far. Any thread.</summary>
public sealed class HookCounts
{
    private readonly ConcurrentDictionary<(HookStage Stage, string Hook), HookCount> _counts = new();

    /// <summary>By stage, then by name.</summary>
    public IEnumerable<KeyValuePair<(HookStage Stage, string Hook), HookCount>> All =>
        _counts.OrderBy(count => count.Key.Stage).ThenBy(count => count.Key.Hook, StringComparer.Ordinal);

    internal void Add(HookStage stage, string hook, HookOutcome outcome, TimeSpan took) => _counts.AddOrUpdate(
        (stage, hook), _ => default(HookCount).Plus(outcome, took), (_, count) => count.Plus(outcome, took));
}

/// <summary>How one hook came out of one stage.</summary>
public enum HookOutcome
{
    Done,
    Failed,

    /// <summary>It took longer than it may.</summary>
    TimedOut,

    /// <summary>The stage had become pointless.</summary>
    Cut,
}

/// <summary>What one hook has done in one stage.</summary>
/// <param name="Took">All runs together.</param>
public readonly record struct HookCount(int Runs, int Failed, int TimedOut, TimeSpan Took)
{
    internal HookCount Plus(HookOutcome outcome, TimeSpan took) => new(
        Runs + 1, Failed + (outcome == HookOutcome.Failed ? 1 : 0), TimedOut + (outcome == HookOutcome.TimedOut ? 1 : 0),
        Took + took);
}
