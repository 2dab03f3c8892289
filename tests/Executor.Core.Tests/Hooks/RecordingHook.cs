using System.Threading.Channels;
using Executor.Core.Hooks;

namespace Executor.Core.Tests.Hooks;

/// <summary>A hook that tells each stage as it begins, and does in it what the test says.</summary>
internal sealed class RecordingHook(HookedTask task, Channel<string> told) : TaskHook
{
    public HookedTask Task { get; } = task;

    public override string Name { get; } = "recording";

    public bool WaitsForHealth { get; init; }

    public override bool DecidesHealth => WaitsForHealth;

    public override bool Announces => true;

    public string? Meets { get; init; }

    public override string? Trouble => Meets;

    public bool StopsByRequest { get; init; }

    public override bool ActsBeforeStop => StopsByRequest;

    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>What a stage does; one that is not there is done at once.</summary>
    public Dictionary<HookStage, Func<CancellationToken, Task>> Does { get; } = [];

    public override async Task<IReadOnlyDictionary<string, string>> BeforeStartAsync(CancellationToken cancellationToken)
    {
        await DoAsync(HookStage.BeforeStart, cancellationToken);
        return Variables;
    }

    public override Task AfterStartAsync(StartedTask started, CancellationToken cancellationToken) =>
        DoAsync(HookStage.AfterStart, cancellationToken);

    public override Task WarmUpAsync(CancellationToken cancellationToken) => DoAsync(HookStage.WarmUp, cancellationToken);

    public override Task AnnounceAsync(CancellationToken cancellationToken) => DoAsync(HookStage.Announce, cancellationToken);

    public override Task WithdrawAsync(CancellationToken cancellationToken) => DoAsync(HookStage.Withdraw, cancellationToken);

    public override Task BeforeStopAsync(CancellationToken cancellationToken) => DoAsync(HookStage.BeforeStop, cancellationToken);

    public override Task AfterExitAsync(CancellationToken cancellationToken) => DoAsync(HookStage.AfterExit, cancellationToken);

    public override void OnHealthChanged(bool healthy) => told.Writer.TryWrite(healthy ? "healthy" : "unhealthy");

    private async Task DoAsync(HookStage stage, CancellationToken cancellationToken)
    {
        told.Writer.TryWrite(HookStages.NameOf(stage));
        if (Does.TryGetValue(stage, out var action)) await action(cancellationToken);
    }
}
