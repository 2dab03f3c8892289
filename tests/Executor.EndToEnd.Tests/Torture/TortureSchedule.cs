namespace Executor.EndToEnd.Tests.Torture;

/// <summary>What can happen to a running task and its executor.</summary>
public enum TortureAction
{
    Kill,
    Shutdown,
    RestartAgent,
    TerminateExecutor,
    KillExecutor,
}

/// <summary>An app, and what happens to it when; everything follows from the seed.</summary>
public sealed record TortureSchedule(
    int Seed, TortureApp App, bool Checkpoint, double GraceSeconds, IReadOnlyList<(TimeSpan After, TortureAction What)> Actions)
{
    /// <summary>Long enough for a task to start on a loaded machine, short enough to hit every stage before that.</summary>
    private const int LongestPauseMilliseconds = 400;

    private const int MostActions = 4;

    public static TortureSchedule FromSeed(int seed)
    {
        var random = new Random(seed);
        var actions = Enumerable.Range(0, random.Next(MostActions + 1)).Select(_ => (
            TimeSpan.FromMilliseconds(random.Next(LongestPauseMilliseconds)),
            random.GetItems(Enum.GetValues<TortureAction>(), 1)[0])).ToArray();
        return new TortureSchedule(
            seed, random.GetItems(TortureApp.All.ToArray(), 1)[0], random.Next(2) == 0, random.Next(1, 10) / 10.0, actions);
    }

    /// <summary>
    /// libmesos answers no reconnection once it has told of a shutdown (exec.cpp): an agent that restarts then never hears
    /// the status that the old one was sent.
    /// </summary>
    public bool RestartsAfterShutdown => Actions.Select(action => action.What)
        .SkipWhile(what => what != TortureAction.Shutdown)
        .Contains(TortureAction.RestartAgent);

    public override string ToString() =>
        $"seed {Seed}: {App}, {(Checkpoint ? "checkpointing" : "not checkpointing")}, grace {GraceSeconds} s, "
        + string.Join(", ", Actions.Select(action => $"{action.What} after {action.After.TotalMilliseconds} ms"));
}
