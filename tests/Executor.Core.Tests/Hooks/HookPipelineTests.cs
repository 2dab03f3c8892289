using System.Threading.Channels;
using Executor.Core.Hooks;
using NLog;

namespace Executor.Core.Tests.Hooks;

/// <summary>What lies between an announcement and a withdrawal that come at once.</summary>
[CancelAfter(30_000)]
public sealed class HookPipelineTests
{
    [Test]
    public async Task No_hook_announces_once_the_end_has_begun()
    {
        using var cut = new CancellationTokenSource();
        var (first, second) = (Channel.CreateUnbounded<string>(), Channel.CreateUnbounded<string>());
        await using var pipeline = Pipeline(
            New(first, _ => Cancel(cut)), New(second, _ => Task.CompletedTask));

        await pipeline.AnnounceAsync(cut.Token);
        await pipeline.WithdrawAsync(CancellationToken.None);

        Assert.That(Told(first), Is.EqualTo(["announce", "withdraw"]));
        Assert.That(Told(second), Is.Empty);
    }

    [Test]
    public async Task An_announcement_that_blocks_does_not_block_who_asks_for_the_withdrawal(CancellationToken cancel)
    {
        using var blocked = new SemaphoreSlim(0);
        using var go = new ManualResetEventSlim();
        var told = Channel.CreateUnbounded<string>();
        await using var pipeline = Pipeline(New(told, _ =>
        {
            blocked.Release();
            go.Wait(cancel);
            return Task.CompletedTask;
        }));
        using var cut = new CancellationTokenSource();
        var announcing = Task.Run(() => pipeline.AnnounceAsync(cut.Token), cancel);
        await blocked.WaitAsync(cancel);

        await cut.CancelAsync();
        Assert.That(pipeline.HasAnnounced, Is.True);
        var withdrawing = pipeline.WithdrawAsync(CancellationToken.None);
        go.Set();

        await announcing;
        await withdrawing;
        Assert.That(Told(told), Is.EqualTo(["announce", "withdraw"]));
    }

    /// <summary>The hook is done when the end has begun: nothing but the pipeline keeps the next one from beginning.</summary>
    private static Task Cancel(CancellationTokenSource cut) => cut.CancelAsync();

    private static RecordingHook New(Channel<string> told, Func<CancellationToken, Task> announce) =>
        new(Hooked.Task(), told) { Does = { [HookStage.Announce] = announce } };

    private static HookPipeline Pipeline(params TaskHook[] hooks) =>
        new(hooks, new HookLimits(), new HookCounts(), TimeProvider.System, LogManager.CreateNullLogger());

    private static List<string> Told(Channel<string> told)
    {
        var all = new List<string>();
        while (told.Reader.TryRead(out var one)) all.Add(one);
        return all;
    }
}
