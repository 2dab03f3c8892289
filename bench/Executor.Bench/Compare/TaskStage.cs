namespace Executor.Bench.Compare;

internal enum TaskStage
{
    /// <summary>The executor has registered, and is given its task.</summary>
    Registered,
    Running,
    Killed,
}
