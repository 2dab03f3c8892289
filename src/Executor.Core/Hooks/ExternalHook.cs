namespace Executor.Core.Hooks;

/// <summary>A hook outside of this process, asked at one stage.</summary>
/// <param name="name">Where it was asked for: the variable, or the label.</param>
internal sealed class ExternalHook(string name, HookStage stage, HookedTask task, IHookTarget target) : TaskHook
{
    private int? _pid;

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override bool Announces => stage == HookStage.Announce;

    /// <inheritdoc/>
    public override bool ActsBeforeStop => stage == HookStage.BeforeStop;

    /// <inheritdoc/>
    public override Task<IReadOnlyDictionary<string, string>> BeforeStartAsync(CancellationToken cancellationToken) =>
        stage == HookStage.BeforeStart ? AskAsync(cancellationToken) : Nothing;

    /// <inheritdoc/>
    public override Task AfterStartAsync(StartedTask started, CancellationToken cancellationToken)
    {
        _pid = started.Pid;
        return At(HookStage.AfterStart, cancellationToken);
    }

    /// <inheritdoc/>
    public override Task WarmUpAsync(CancellationToken cancellationToken) => At(HookStage.WarmUp, cancellationToken);

    /// <inheritdoc/>
    public override Task AnnounceAsync(CancellationToken cancellationToken) => At(HookStage.Announce, cancellationToken);

    /// <inheritdoc/>
    public override Task WithdrawAsync(CancellationToken cancellationToken) => At(HookStage.Withdraw, cancellationToken);

    /// <inheritdoc/>
    public override Task BeforeStopAsync(CancellationToken cancellationToken) => At(HookStage.BeforeStop, cancellationToken);

    /// <inheritdoc/>
    public override Task AfterExitAsync(CancellationToken cancellationToken) => At(HookStage.AfterExit, cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        (target as IDisposable)?.Dispose();
        await base.DisposeAsync();
    }

    private Task<IReadOnlyDictionary<string, string>> At(HookStage now, CancellationToken cancellationToken) =>
        now == stage ? AskAsync(cancellationToken) : Nothing;

    private async Task<IReadOnlyDictionary<string, string>> AskAsync(CancellationToken cancellationToken) =>
        HookAnswer.Read(await target.AskAsync(HookDocument.Write(stage, task, _pid), cancellationToken), stage);
}
