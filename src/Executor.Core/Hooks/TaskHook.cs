using System.Collections.ObjectModel;

namespace Executor.Core.Hooks;

/// <summary>
/// A feature's part in the life of one task. A hook overrides the stages that it cares for; <see cref="HookStage"/> says
/// when each comes and what its errors do. Each stage has a time limit, and its token is cancelled when that is over or
/// when the stage has become pointless; a hook that does not obey is left behind.
/// </summary>
/// <remarks>
/// No two stages of one hook run at once, but for Withdraw where Announce did not obey. They run on pool threads.
/// An error is any exception; the text of a <see cref="HookException"/> is for people and stands alone.
/// </remarks>
public abstract class TaskHook : IAsyncDisposable
{
    /// <summary>What a stage returns in which there is nothing to do: it is neither logged nor counted.</summary>
    protected internal static readonly Task<IReadOnlyDictionary<string, string>> Nothing =
        Task.FromResult<IReadOnlyDictionary<string, string>>(ReadOnlyDictionary<string, string>.Empty);

    /// <summary>For log and counters: short, and one word.</summary>
    public abstract string Name { get; }

    /// <summary>The name at a stage, where that has one of its own.</summary>
    public virtual string NameAt(HookStage stage) => Name;

    /// <summary>Whether the task is served only once this hook has reported it healthy.</summary>
    public virtual bool DecidesHealth => false;

    /// <summary>Whether this hook brings traffic to the task.</summary>
    public virtual bool Announces => false;

    /// <summary>Whether this hook has something to do at Withdraw once it has announced; the end of the task takes the time for it.</summary>
    public virtual bool ActsAtWithdraw => Announces;

    /// <summary>Whether this hook has something to do before SIGTERM; the end of the task takes the time for it.</summary>
    public virtual bool ActsBeforeStop => false;

    /// <summary>What a stage that goes on has run into: told where its time is over before it is done. Any thread.</summary>
    public virtual string? Trouble => null;

    /// <returns>Variables for the task's environment; they win over those that are there.</returns>
    public virtual Task<IReadOnlyDictionary<string, string>> BeforeStartAsync(CancellationToken cancellationToken) => Nothing;

    /// <summary>
    /// Where the task's output goes; null leaves it where this process's goes. Comes right before the launch, and the first
    /// hook with an answer has the output. Returns at once.
    /// </summary>
    public virtual TaskOutput? OpenOutput() => null;

    public virtual Task AfterStartAsync(StartedTask started, CancellationToken cancellationToken) => Nothing;

    public virtual Task WarmUpAsync(CancellationToken cancellationToken) => Nothing;

    public virtual Task AnnounceAsync(CancellationToken cancellationToken) => Nothing;

    public virtual Task WithdrawAsync(CancellationToken cancellationToken) => Nothing;

    public virtual Task BeforeStopAsync(CancellationToken cancellationToken) => Nothing;

    public virtual Task AfterExitAsync(CancellationToken cancellationToken) => Nothing;

    /// <summary>
    /// The health of an announced task has changed. Returns at once; the calls come one after the other, and none comes
    /// after Withdraw.
    /// </summary>
    public virtual void OnHealthChanged(bool healthy)
    {
    }

    /// <summary>The task's end has begun: what it was watched for counts no more. Returns at once; comes at most once.</summary>
    public virtual void OnEndBegun()
    {
    }

    /// <summary>After the last stage, or when the task was never started. Ends what still goes on.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>An error of a hook in words for people.</summary>
public sealed class HookException(string message, Exception? inner = null) : Exception(message, inner);
