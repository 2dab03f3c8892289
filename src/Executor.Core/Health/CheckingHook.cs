using Executor.Core.Hooks;

namespace Executor.Core.Health;

/// <summary>A hook that does one check again and again, from TASK_RUNNING until the task's end begins. Owns the loop.</summary>
internal abstract class CheckingHook(CheckLoop loop) : TaskHook
{
    /// <summary>Of the check; once the task runs.</summary>
    protected string Description => loop.Description;

    /// <inheritdoc/>
    public override Task AfterStartAsync(StartedTask started, CancellationToken cancellationToken)
    {
        loop.Start(started, OnResult);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override void OnEndBegun() => loop.Stop();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await loop.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <param name="result">Null is a check that found out nothing in its time.</param>
    /// <param name="age">Of the task, from TASK_RUNNING on.</param>
    /// <returns>The pause until the next one.</returns>
    protected abstract TimeSpan OnResult(ProbeResult? result, TimeSpan age);
}
