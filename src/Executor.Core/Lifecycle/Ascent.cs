using Executor.Core.Hooks;
using Mesos;
using Reason = Mesos.TaskStatus.Types.Reason;

namespace Executor.Core.Lifecycle;

/// <summary>
/// The way of a running task to its traffic: AfterStart, then, once it is healthy, WarmUp and Announce; and its health
/// from there on. Not thread-safe: the owner's only.
/// </summary>
internal sealed class Ascent(HookPipeline hooks, TaskReporter reporter, TaskInbox inbox) : IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private HookStage _done = HookStage.BeforeStart;
    private bool _busy;
    private bool? _healthy;

    /// <summary>Cancelled when the way up has become pointless.</summary>
    public CancellationToken Token => _over.Token;

    public void Stop() => _over.Cancel();

    public void Begin(StartedTask started) =>
        Run(HookStage.AfterStart, token => hooks.AfterStartAsync(started, token));

    /// <summary>Goes on to the next stage.</summary>
    /// <returns>The error that fails the task; null where there is none.</returns>
    public string? OnStageDone(HookStage stage, string? error)
    {
        if (error is not null && hooks.Limits.Fails(stage)) return error;
        (_done, _busy) = (stage, false);
        if (stage == HookStage.Announce && _healthy is { } healthy)
        {
            Report(healthy);
            if (!healthy) hooks.OnHealthChanged(healthy);
        }

        GoOn();
        return null;
    }

    /// <summary>Healthy is not told before the task is announced: who sees it may end the instance that this one replaces.</summary>
    public void OnHealth(bool healthy, string? text)
    {
        var changed = _healthy != healthy;
        var serves = _done == HookStage.Announce;
        _healthy = healthy;
        if (!healthy || (serves && changed)) Report(healthy, text);
        if (serves && changed) hooks.OnHealthChanged(healthy);
        GoOn();
    }

    public void Dispose() => _over.Dispose();

    /// <summary>To the next stage, where the one before is done and the task is as healthy as the next one takes.</summary>
    private void GoOn()
    {
        if (_busy) return;
        switch (_done)
        {
            case HookStage.AfterStart when _healthy == true || !hooks.DecidesHealth:
                Run(HookStage.WarmUp, hooks.WarmUpAsync);
                break;
            case HookStage.WarmUp when _healthy != false:
                Run(HookStage.Announce, hooks.AnnounceAsync);
                break;
        }
    }

    private void Report(bool healthy, string? text = null) =>
        reporter.Send(TaskState.TaskRunning, text, Reason.TaskHealthCheckStatusUpdated, healthy);

    /// <summary>On the pool: a hook that blocks must not block the reader.</summary>
    private void Run(HookStage stage, Func<CancellationToken, Task<string?>> run)
    {
        _busy = true;
        var token = Token;
        _ = Task.Run(async () => inbox.Post(new TaskMessage.StageDone(stage, await run(token))), CancellationToken.None);
    }
}
