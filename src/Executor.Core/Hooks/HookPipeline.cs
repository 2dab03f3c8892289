using System.Globalization;
using Executor.Core.Configuration;
using Executor.Core.Telemetry;
using NLog;

namespace Executor.Core.Hooks;

/// <summary>
/// The hooks of one task. Every stage goes through here, and only here it is limited, timed, logged and counted. Each
/// stage is run at most once, and none beside another but Withdraw.
/// </summary>
/// <param name="hooks">In the order of the way up; owned.</param>
public sealed class HookPipeline(
    string taskId, IReadOnlyList<TaskHook> hooks, HookLimits limits, HookCounts counts, TimeProvider time, Logger log) : IAsyncDisposable
{
    private static readonly Dictionary<HookOutcome, string> Words = new()
    {
        [HookOutcome.Done] = "done",
        [HookOutcome.Failed] = "failed",
        [HookOutcome.TimedOut] = "given up",
        [HookOutcome.Cut] = "cut short",
    };

    /// <summary>The hooks whose Announce has begun, each with when it is over.</summary>
    private readonly Dictionary<TaskHook, Task> _begun = [];

    public bool DecidesHealth => hooks.Any(hook => hook.DecidesHealth);

    public bool Announces => hooks.Any(hook => hook.Announces);

    public bool ActsBeforeStop => hooks.Any(hook => hook.ActsBeforeStop);

    /// <summary>Whether there is something to withdraw.</summary>
    public bool HasAnnounced
    {
        get
        {
            lock (_begun) return _begun.Keys.Any(hook => hook.ActsAtWithdraw);
        }
    }

    public HookLimits Limits => limits;

    /// <returns>What is to be added to the task's environment.</returns>
    /// <exception cref="HookException">A hook failed, and the ones behind it were not run.</exception>
    public async Task<IReadOnlyDictionary<string, string>> BeforeStartAsync(CancellationToken cancellationToken)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        var error = await RunAsync(
            HookStage.BeforeStart,
            (hook, token) =>
            {
                var answer = hook.BeforeStartAsync(token);
                return answer == TaskHook.Nothing ? answer : AddAsync(answer, variables, token);
            },
            cancellationToken);
        return error is null ? variables : throw new HookException(error);
    }

    /// <inheritdoc cref="TaskHook.OpenOutput"/>
    public TaskOutput? OpenOutput() => hooks.Select(hook => hook.OpenOutput()).FirstOrDefault(output => output is not null);

    /// <returns>
    /// The first error, after which no further hook was run, or where errors do not fail the task all of them; null where
    /// there is none.
    /// </returns>
    public Task<string?> AfterStartAsync(StartedTask started, CancellationToken cancellationToken) =>
        RunAsync(HookStage.AfterStart, (hook, token) => hook.AfterStartAsync(started, token), cancellationToken);

    /// <inheritdoc cref="AfterStartAsync"/>
    public Task<string?> WarmUpAsync(CancellationToken cancellationToken) =>
        RunAsync(HookStage.WarmUp, (hook, token) => hook.WarmUpAsync(token), cancellationToken);

    /// <inheritdoc cref="AfterStartAsync"/>
    public Task<string?> AnnounceAsync(CancellationToken cancellationToken)
    {
        if (Announces && !DecidesHealth) log.Warn("the task has no health check: it is announced as soon as it runs");
        return RunAsync(HookStage.Announce, BeginAnnounce, cancellationToken);
    }

    /// <summary>
    /// Withdraws, all hooks at once, what was announced. Announce must have been cancelled or be over: one that does not
    /// obey is waited for as long as the limit allows, so that it does not announce what was withdrawn.
    /// </summary>
    public async Task WithdrawAsync(CancellationToken cancellationToken)
    {
        Dictionary<TaskHook, Task> begun;
        lock (_begun) begun = new(_begun);
        if (begun.Count == 0) return;
        var started = time.GetTimestamp();
        await RunAtOnceAsync(
            HookStage.Withdraw,
            [.. begun.Keys],
            (hook, token) => begun[hook].IsCompleted ? hook.WithdrawAsync(token) : WithdrawLateAsync(hook, begun[hook], token),
            cancellationToken);
        if (begun.Keys.Any(hook => hook.Announces)) Instruments.TaskWithdrawal.Record(time.GetElapsedTime(started).TotalSeconds, Instruments.Task(taskId));
    }

    /// <summary>In reverse, whatever fails.</summary>
    public async Task BeforeStopAsync(CancellationToken cancellationToken)
    {
        using var limit = new StageLimit(limits[HookStage.BeforeStop], time, cancellationToken);
        foreach (var hook in hooks.Reverse()) await RunAsync(HookStage.BeforeStop, hook, (one, token) => one.BeforeStopAsync(token), limit);
    }

    /// <summary>All at once: one that waits for a server that is away keeps the others from nothing.</summary>
    public Task AfterExitAsync(CancellationToken cancellationToken) =>
        RunAtOnceAsync(HookStage.AfterExit, hooks, (hook, token) => hook.AfterExitAsync(token), cancellationToken);

    public void OnHealthChanged(bool healthy)
    {
        foreach (var hook in hooks) hook.OnHealthChanged(healthy);
    }

    public void OnEndBegun()
    {
        foreach (var hook in hooks) hook.OnEndBegun();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hook in hooks.Reverse()) await hook.DisposeAsync();
    }

    private static async Task AddAsync(
        Task<IReadOnlyDictionary<string, string>> answer, Dictionary<string, string> variables, CancellationToken token)
    {
        var added = await answer.WaitAsync(token);
        foreach (var (name, value) in added) variables[name] = value;
    }

    /// <summary>Once the stage was cancelled no hook begins any more: Withdraw may have looked already for those that had.</summary>
    private Task BeginAnnounce(TaskHook hook, CancellationToken token)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_begun)
        {
            token.ThrowIfCancellationRequested();
            _begun.Add(hook, over.Task);
        }

        // Not under the lock: a hook that blocks must not block who asks for the withdrawal.
        var work = Begin(hook, (one, cancelled) => one.AnnounceAsync(cancelled), token);
        _ = work.ContinueWith(
            _ => over.SetResult(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return work;
    }

    private static async Task WithdrawLateAsync(TaskHook hook, Task announcing, CancellationToken token)
    {
        await announcing.WaitAsync(token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await hook.WithdrawAsync(token);
    }

    /// <summary>In order, until one fails; whatever fails, where that does not fail the task.</summary>
    private async Task<string?> RunAsync(
        HookStage stage, Func<TaskHook, CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        if (!limits.Fails(stage)) return await RunEachAsync(stage, action, cancellationToken);
        using var limit = new StageLimit(limits[stage], time, cancellationToken);
        foreach (var hook in hooks)
        {
            if (await RunAsync(stage, hook, action, limit) is { } error) return error;
        }

        return null;
    }

    /// <summary>In order, each in a time of its own: one that hangs keeps the others from nothing.</summary>
    private async Task<string?> RunEachAsync(
        HookStage stage, Func<TaskHook, CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        var errors = new List<string>();
        foreach (var hook in hooks)
        {
            using var limit = new StageLimit(limits[stage], time, cancellationToken);
            if (await RunAsync(stage, hook, action, limit) is { } error) errors.Add(error);
            if (limit.IsCut) break;
        }

        return OneLine.Joined(errors);
    }

    private async Task RunAtOnceAsync(
        HookStage stage, IReadOnlyList<TaskHook> which, Func<TaskHook, CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        using var limit = new StageLimit(limits[stage], time, cancellationToken);
        await Task.WhenAll(which.Reverse().Select(hook => RunAsync(stage, hook, action, limit)));
    }

    /// <returns>The error, with the hook and the stage; null where there is none.</returns>
    private async Task<string?> RunAsync(
        HookStage stage, TaskHook hook, Func<TaskHook, CancellationToken, Task> action, StageLimit limit)
    {
        var started = time.GetTimestamp();
        var work = Begin(hook, action, limit.Token);
        if (work == TaskHook.Nothing) return null;
        var (outcome, error) = await EndAsync(stage, hook, work, limit);
        var took = time.GetElapsedTime(started);
        counts.Add(stage, hook.NameAt(stage), outcome, took);
        Instruments.HookDuration.Record(
            took.TotalSeconds, Instruments.Task(taskId), new("hook", hook.NameAt(stage)), new("stage", HookStages.NameOf(stage)), Instruments.Outcome(outcome));
        log.Log(
            outcome is HookOutcome.Failed or HookOutcome.TimedOut ? LogLevel.Error : LogLevel.Info,
            "hook {0}: {1} {2} after {3} s{4}",
            hook.NameAt(stage), HookStages.NameOf(stage), Words[outcome], took.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture), error is null ? "" : $": {error}");
        return error is null ? null : $"hook {hook.NameAt(stage)} failed at {HookStages.NameOf(stage)}: {error}";
    }

    /// <summary>What a hook throws before it first waits is no different from what it throws later.</summary>
    private static Task Begin(TaskHook hook, Func<TaskHook, CancellationToken, Task> action, CancellationToken token)
    {
        try
        {
            return action(hook, token);
        }
        catch (Exception e)
        {
            return Task.FromException(e);
        }
    }

    private async Task<(HookOutcome Outcome, string? Error)> EndAsync(HookStage stage, TaskHook hook, Task work, StageLimit limit)
    {
        try
        {
            await work.WaitAsync(limit.Token);
            return (HookOutcome.Done, null);
        }
        catch (Exception) when (limit.IsCut)
        {
            return (HookOutcome.Cut, "the task is to be ended");
        }
        catch (Exception) when (limit.Token.IsCancellationRequested)
        {
            return (HookOutcome.TimedOut, $"the stage took longer than {MesosDuration.Format(limit.Time)}{(hook.Trouble is { } trouble ? $": {trouble}" : "")}");
        }
        catch (HookException e)
        {
            return (HookOutcome.Failed, e.Message);
        }
        catch (Exception e)
        {
            log.Error(e, "hook {0}: internal error", hook.NameAt(stage));
            return (HookOutcome.Failed, $"internal error: {e.Message}");
        }
    }
}
