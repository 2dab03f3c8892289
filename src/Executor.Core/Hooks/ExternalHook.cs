namespace Executor.Core.Hooks;

/// <summary>
/// Hooks outside of this process, each asked at its stage. They are one, as what announces and what withdraws belong
/// together: whatever came of an announcement that has begun, its withdrawal follows.
/// </summary>
/// <param name="targets">Who is asked at which stage, each with where it was asked for: the variable, or the label.</param>
internal sealed class ExternalHook(HookedTask task, IReadOnlyDictionary<HookStage, (string Name, IHookTarget Target)> targets) : TaskHook
{
    private int? _pid;

    /// <inheritdoc/>
    public override string Name => "external";

    /// <inheritdoc/>
    public override bool Announces => targets.ContainsKey(HookStage.Announce);

    /// <inheritdoc/>
    public override bool ActsAtWithdraw => targets.ContainsKey(HookStage.Withdraw);

    /// <inheritdoc/>
    public override bool ActsBeforeStop => targets.ContainsKey(HookStage.BeforeStop);

    /// <inheritdoc/>
    public override string NameAt(HookStage stage) => targets.TryGetValue(stage, out var asked) ? asked.Name : Name;

    /// <inheritdoc/>
    public override Task<IReadOnlyDictionary<string, string>> BeforeStartAsync(CancellationToken cancellationToken) =>
        AskAsync(HookStage.BeforeStart, cancellationToken);

    /// <inheritdoc/>
    public override Task AfterStartAsync(StartedTask started, CancellationToken cancellationToken)
    {
        _pid = started.Pid;
        return AskAsync(HookStage.AfterStart, cancellationToken);
    }

    /// <inheritdoc/>
    public override Task WarmUpAsync(CancellationToken cancellationToken) => AskAsync(HookStage.WarmUp, cancellationToken);

    /// <inheritdoc/>
    public override Task AnnounceAsync(CancellationToken cancellationToken) => AskAsync(HookStage.Announce, cancellationToken);

    /// <inheritdoc/>
    public override Task WithdrawAsync(CancellationToken cancellationToken) => AskAsync(HookStage.Withdraw, cancellationToken);

    /// <inheritdoc/>
    public override Task BeforeStopAsync(CancellationToken cancellationToken) => AskAsync(HookStage.BeforeStop, cancellationToken);

    /// <inheritdoc/>
    public override Task AfterExitAsync(CancellationToken cancellationToken) => AskAsync(HookStage.AfterExit, cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        foreach (var (_, target) in targets.Values) (target as IDisposable)?.Dispose();
        await base.DisposeAsync();
    }

    private Task<IReadOnlyDictionary<string, string>> AskAsync(HookStage stage, CancellationToken cancellationToken) =>
        targets.TryGetValue(stage, out var asked) ? AskAsync(stage, asked.Target, cancellationToken) : Nothing;

    private async Task<IReadOnlyDictionary<string, string>> AskAsync(
        HookStage stage, IHookTarget target, CancellationToken cancellationToken) =>
        HookAnswer.Read(await target.AskAsync(HookDocument.Write(stage, task, _pid), cancellationToken), stage);
}
