using Executor.Core.Configuration;
using Executor.Core.Hooks;

namespace Executor.Core.Lifecycle;

/// <summary>What comes before the first signal: the task is withdrawn, drained, and asked to stop.</summary>
internal sealed class Retreat(HookPipeline hooks, TimeSpan drain, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _cut = new();
    private readonly CancellationTokenSource _hurry = new();

    /// <summary>Whether there is anything to do before the first signal.</summary>
    public bool IsNeeded => hooks.HasAnnounced || Steps(TimeSpan.Zero).BeforeSignal > TimeSpan.Zero;

    /// <summary>What it takes from here, with the grace that follows.</summary>
    public EndSteps Steps(TimeSpan grace) => new(
        hooks.HasAnnounced ? hooks.Limits[HookStage.Withdraw] : TimeSpan.Zero,
        _hurry.IsCancellationRequested ? TimeSpan.Zero : drain,
        hooks.ActsBeforeStop && !_hurry.IsCancellationRequested ? hooks.Limits[HookStage.BeforeStop] : TimeSpan.Zero,
        grace);

    /// <summary>From now on, or from the start, only the withdrawal counts: nobody is left to drain, or no time.</summary>
    public void Hurry() => _ = _hurry.CancelAsync();

    /// <summary>What is not done now is not done any more.</summary>
    public void Cut() => _ = _cut.CancelAsync();

    /// <summary>Never faults; runs on the pool.</summary>
    public Task RunAsync()
    {
        // Taken now: it may begin when this is disposed.
        var (cut, hurry) = (_cut.Token, _hurry.Token);
        return Task.Run(async () =>
        {
            await hooks.WithdrawAsync(cut);
            using var rest = CancellationTokenSource.CreateLinkedTokenSource(cut, hurry);
            await Task.Delay(LongestWait.Clamp(drain), time, rest.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!rest.IsCancellationRequested) await hooks.BeforeStopAsync(rest.Token);
        });
    }

    public void Dispose()
    {
        _cut.Dispose();
        _hurry.Dispose();
    }
}
