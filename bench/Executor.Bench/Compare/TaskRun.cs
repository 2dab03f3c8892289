using System.Diagnostics;

namespace Executor.Bench.Compare;

/// <summary>One executor and its one task: when each stage was reached.</summary>
/// <param name="contender">For errors.</param>
internal sealed class TaskRun(string contender, string id)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly Dictionary<TaskStage, TaskCompletionSource<long>> _stages = Enum.GetValues<TaskStage>()
        .ToDictionary(stage => stage, _ => new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));

    public string Id { get; } = id;

    /// <summary>The executor's process; known once it has registered.</summary>
    public int Pid { get; set; }

    /// <summary>What it was given to write to; as <see cref="Pid"/>.</summary>
    public string Sandbox { get; set; } = "";

    public void Reach(TaskStage stage) => _stages[stage].TrySetResult(Stopwatch.GetTimestamp());

    /// <summary>No stage is reached any more.</summary>
    public void Break(string why)
    {
        foreach (var stage in _stages.Values) stage.TrySetException(new ContenderException($"{contender}: {why}"));
    }

    /// <returns>The timestamp of the stage.</returns>
    /// <exception cref="ContenderException">It was not reached, or not in time.</exception>
    public async Task<long> ReachedAsync(TaskStage stage)
    {
        try
        {
            return await _stages[stage].Task.WaitAsync(Limit, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            throw new ContenderException($"{contender}: its task is not {stage} after {Limit.TotalSeconds} s");
        }
    }
}
