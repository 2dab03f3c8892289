using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Executor.Core.Hooks;
using Executor.Core.Telemetry;
using Executor.Core.Tests.Lifecycle;
using NLog;

namespace Executor.Core.Tests.Hooks;

/// <summary>What one hook that fails or hangs does to the others, and what lies between an announcement and a withdrawal that come at once.</summary>
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

    [Test]
    public async Task What_a_hook_takes_and_the_withdrawal_are_measured_for_the_task()
    {
        var id = $"{Guid.NewGuid()}";
        var measured = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, it) =>
            {
                if (instrument.Meter == Instruments.Meter) it.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) =>
        {
            var all = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value);
            if (id.Equals(all.GetValueOrDefault("task"))) measured.Add($"{instrument.Name} {all.GetValueOrDefault("hook")} {all.GetValueOrDefault("stage")}".Trim());
        });
        listener.Start();
        await using var pipeline = new HookPipeline(
            id, [New(Channel.CreateUnbounded<string>(), _ => Task.CompletedTask)], new HookLimits(), new HookCounts(), TimeProvider.System, LogManager.CreateNullLogger());

        await pipeline.AnnounceAsync(CancellationToken.None);
        await pipeline.WithdrawAsync(CancellationToken.None);

        Assert.That(measured, Is.EqualTo(["hook.duration recording announce", "hook.duration recording withdraw", "task.withdrawal.time"]));
    }

    /// <summary>The times of an end count on it.</summary>
    [Test]
    public async Task There_is_nothing_to_withdraw_where_no_hook_would_do_it()
    {
        await using var pipeline = Pipeline(new SilentHook());

        await pipeline.AnnounceAsync(CancellationToken.None);

        Assert.That(pipeline.HasAnnounced, Is.False);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Where_errors_are_only_logged_the_hooks_behind_one_that_fails_or_hangs_announce(bool hangs, CancellationToken cancel)
    {
        var time = new WatchedTime();
        var told = Channel.CreateUnbounded<string>();
        await using var pipeline = Pipeline(
            new HookLimits { AnnounceFails = false },
            time,
            New(Channel.CreateUnbounded<string>(), token => hangs ? Task.Delay(Timeout.Infinite, token) : throw new HookException("refused")),
            New(told, token => Task.Delay(TimeSpan.FromSeconds(1), time, token)));
        var announcing = pipeline.AnnounceAsync(cancel);
        if (hangs)
        {
            await time.WaitForTimerOfAsync(TimeSpan.FromMinutes(1), cancel);
            time.Advance(TimeSpan.FromMinutes(1));
        }

        await time.WaitForTimerOfAsync(TimeSpan.FromSeconds(1), cancel);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.That(await announcing, Is.EqualTo($"hook recording failed at announce: {(hangs ? "the stage took longer than 1mins" : "refused")}"));
        Assert.That(Told(told), Is.EqualTo(["announce"]));
    }

    [Test]
    public async Task A_hook_that_was_left_behind_is_withdrawn_when_its_announcement_is_over(CancellationToken cancel)
    {
        var time = new WatchedTime();
        var announced = new TaskCompletionSource();
        var (first, second) = (Channel.CreateUnbounded<string>(), Channel.CreateUnbounded<string>());
        await using var pipeline = Pipeline(
            new HookLimits { AnnounceFails = false }, time, New(first, _ => announced.Task), New(second, _ => Task.CompletedTask));
        var announcing = pipeline.AnnounceAsync(cancel);
        time.Advance(TimeSpan.FromMinutes(1));
        await announcing;

        var withdrawing = pipeline.WithdrawAsync(CancellationToken.None);
        Assert.That(Told(second), Is.EqualTo(["announce", "withdraw"]));
        Assert.That(Told(first), Is.EqualTo(["announce"]));
        announced.SetResult();

        await withdrawing;
        Assert.That(Told(first), Is.EqualTo(["withdraw"]));
    }

    [Test]
    public async Task After_the_exit_a_hook_that_hangs_takes_no_time_of_the_others(CancellationToken cancel)
    {
        var time = new WatchedTime();
        var (first, last) = (new TaskCompletionSource(), Channel.CreateUnbounded<string>());
        await using var pipeline = Pipeline(
            new HookLimits(),
            time,
            new RecordingHook(Hooked.Task(), Channel.CreateUnbounded<string>()) { Does = { [HookStage.AfterExit] = _ => Task.FromResult(first.TrySetResult()) } },
            new RecordingHook(Hooked.Task(), last) { Does = { [HookStage.AfterExit] = _ => Task.Delay(Timeout.Infinite, cancel) } });

        var ending = pipeline.AfterExitAsync(cancel);
        await first.Task.WaitAsync(cancel);
        time.Advance(TimeSpan.FromSeconds(5));

        await ending;
        Assert.That(Told(last), Is.EqualTo(["after-exit"]));
    }

    /// <summary>The hook is done when the end has begun: nothing but the pipeline keeps the next one from beginning.</summary>
    private static Task Cancel(CancellationTokenSource cut) => cut.CancelAsync();

    private static RecordingHook New(Channel<string> told, Func<CancellationToken, Task> announce) =>
        new(Hooked.Task(), told) { Does = { [HookStage.Announce] = announce } };

    private static HookPipeline Pipeline(params TaskHook[] hooks) => Pipeline(new HookLimits(), TimeProvider.System, hooks);

    private static HookPipeline Pipeline(HookLimits limits, TimeProvider time, params TaskHook[] hooks) =>
        new("task", hooks, limits, new HookCounts(), time, LogManager.CreateNullLogger());

    private static List<string> Told(Channel<string> told)
    {
        var all = new List<string>();
        while (told.Reader.TryRead(out var one)) all.Add(one);
        return all;
    }

    private sealed class SilentHook : TaskHook
    {
        public override string Name => "silent";
    }
}
