using System.Threading.Channels;
using Executor.Core.Hooks;
using Executor.Core.Lifecycle;
using Executor.Core.Ports;
using Executor.Core.Tests.Lifecycle;

namespace Executor.Core.Tests.Hooks;

/// <summary>When each stage comes, and what its errors and its slowness do to the task.</summary>
[CancelAfter(30_000)]
public sealed class HookLifecycleTests : HostFixture, IAsyncDisposable
{
    private readonly Channel<string> _told = Channel.CreateUnbounded<string>();
    private readonly FakeDriver _driver = new();
    private RecordingHook? _hook;

    [Test]
    public async Task A_served_task_goes_through_every_stage_in_order(CancellationToken cancel)
    {
        var process = await RunningAsync(task => New(task, health: true, stop: true), cancel);
        Assert.That(await NextAsync(2, cancel), Is.EqualTo(["before-start", "after-start"]));
        Assert.That(process.Description.Environment["SECRET"], Is.EqualTo("42"));

        _hook!.Task.Control.ReportHealth(true);
        Assert.That(await NextAsync(2, cancel), Is.EqualTo(["warm-up", "announce"]));
        Assert.That((await _driver.NextStatus(cancel)).Healthy, Is.True);

        _driver.Kill("a");
        Assert.That(await NextAsync(2, cancel), Is.EqualTo(["withdraw", "before-stop"]));
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));
        process.Exit(0);
        Assert.That(await NextAsync(1, cancel), Is.EqualTo(["after-exit"]));
        Assert.That(await _driver.NextStates(1, cancel), Is.EqualTo(["TASK_KILLED"]));
    }

    [Test]
    public async Task Healthy_is_told_only_once_the_task_is_announced(CancellationToken cancel)
    {
        var announced = new TaskCompletionSource();
        await RunningAsync(task => New(task, health: true, does: (HookStage.Announce, _ => announced.Task)), cancel);
        await NextAsync(2, cancel);

        _hook!.Task.Control.ReportHealth(true);
        await NextAsync(2, cancel);
        Assert.That(_driver.Rest(), Is.Empty);
        announced.SetResult();

        Assert.That((await _driver.NextStatus(cancel)).Healthy, Is.True);
    }

    [Test]
    public async Task An_announced_task_that_turns_unhealthy_is_told_of_and_back(CancellationToken cancel)
    {
        await RunningAsync(task => New(task, health: true), cancel);
        _hook!.Task.Control.ReportHealth(true);
        await NextAsync(4, cancel);
        await _driver.NextStatus(cancel);

        _hook.Task.Control.ReportHealth(false, "no answer");
        Assert.That(await NextAsync(1, cancel), Is.EqualTo(["unhealthy"]));
        var unhealthy = await _driver.NextStatus(cancel);
        Assert.That((unhealthy.Healthy, unhealthy.Message), Is.EqualTo((false, "no answer")));

        _hook.Task.Control.ReportHealth(true);
        Assert.That(await NextAsync(1, cancel), Is.EqualTo(["healthy"]));
        Assert.That((await _driver.NextStatus(cancel)).Healthy, Is.True);
    }

    [Test]
    public async Task Without_a_check_a_running_task_is_announced_at_once(CancellationToken cancel)
    {
        await RunningAsync(task => New(task), cancel);

        Assert.That(await NextAsync(4, cancel), Is.EqualTo(["before-start", "after-start", "warm-up", "announce"]));
    }

    [Test]
    public async Task A_task_that_was_never_announced_is_not_withdrawn(CancellationToken cancel)
    {
        var process = await RunningAsync(task => New(task, health: true), cancel);
        await NextAsync(2, cancel);

        _driver.Kill("a");
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));
        process.Exit(0);

        Assert.That(await NextAsync(1, cancel), Is.EqualTo(["after-exit"]));
    }

    [Test]
    public async Task An_error_before_the_start_fails_the_task_and_nothing_was_started(CancellationToken cancel)
    {
        Start(task => New(task, does: (HookStage.BeforeStart, _ => throw new HookException("no such secret"))));
        _driver.Launch("a");

        Assert.That(await _driver.NextStates(1, cancel), Is.EqualTo(["TASK_STARTING"]));
        var status = await _driver.NextStatus(cancel);
        Assert.That(status.State, Is.EqualTo(Mesos.TaskState.TaskFailed));
        Assert.That(status.Message, Is.EqualTo("hook recording failed at before-start: no such secret"));
        Assert.That(Launcher.Count, Is.Zero);
    }

    [Test]
    public async Task A_kill_during_a_stage_that_hangs_before_the_start_ends_the_task_at_once(CancellationToken cancel)
    {
        Start(task => New(task, does: (HookStage.BeforeStart, _ => new TaskCompletionSource().Task)));
        _driver.Launch("a");
        await NextAsync(1, cancel);

        _driver.Kill("a");

        Assert.That(await _driver.NextStates(2, cancel), Is.EqualTo(["TASK_STARTING", "TASK_KILLED"]));
        Assert.That(Launcher.Count, Is.Zero);
    }

    [Test]
    public async Task A_failed_announcement_fails_the_task_gracefully_and_is_withdrawn(CancellationToken cancel)
    {
        var process = await RunningAsync(
            task => New(task, does: (HookStage.Announce, _ => throw new HookException("refused"))), cancel);

        Assert.That(await NextAsync(5, cancel), Has.Member("withdraw"));
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));
        process.Exit(0);
        var status = await _driver.NextStatus(cancel);
        Assert.That(status.State, Is.EqualTo(Mesos.TaskState.TaskFailed));
        Assert.That(status.Message, Does.StartWith("hook recording failed at announce: refused; "));
    }

    [Test]
    public async Task An_announcement_whose_time_is_over_says_what_it_has_run_into(CancellationToken cancel)
    {
        var process = await RunningAsync(
            task => New(task, meets: "connection refused", does: (HookStage.Announce, token => new TaskCompletionSource().Task.WaitAsync(token))), cancel);
        await NextAsync(4, cancel);

        Time.Advance(TimeSpan.FromMinutes(1));

        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));
        process.Exit(0);
        Assert.That(
            (await _driver.NextStatus(cancel)).Message,
            Does.StartWith("hook recording failed at announce: the stage took longer than 1mins: connection refused; "));
    }

    [Test]
    public async Task A_withdrawal_that_hangs_delays_SIGTERM_by_its_limit_and_no_more(CancellationToken cancel)
    {
        var process = await RunningAsync(
            task => New(task, does: (HookStage.Withdraw, _ => new TaskCompletionSource().Task)), cancel);
        await NextAsync(4, cancel);
        _driver.Kill("a");
        await NextAsync(1, cancel);

        Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.That(process.SignalsWaiting, Is.Zero);
        Time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));
    }

    [Test]
    public async Task A_withdrawal_waits_for_an_announcement_that_is_under_way(CancellationToken cancel)
    {
        var announced = new TaskCompletionSource();
        var process = await RunningAsync(task => New(task, does: (HookStage.Announce, _ => announced.Task)), cancel);
        await NextAsync(4, cancel);

        _driver.Kill("a");
        Assert.That(process.SignalsWaiting, Is.Zero);
        Assert.That(_told.Reader.TryRead(out _), Is.False);
        announced.SetResult();

        Assert.That(await NextAsync(1, cancel), Is.EqualTo(["withdraw"]));
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));
    }

    [Test]
    public async Task A_drain_lies_between_withdrawal_and_SIGTERM(CancellationToken cancel)
    {
        var process = await RunningAsync(task => New(task), cancel, drain: "3secs");
        await NextAsync(4, cancel);

        _driver.Kill("a");
        await NextAsync(1, cancel);
        await Time.WaitForTimerOfAsync(TimeSpan.FromSeconds(3), cancel);
        Assert.That(process.SignalsWaiting, Is.Zero);
        Time.Advance(TimeSpan.FromSeconds(3));

        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));
    }

    [Test]
    public async Task A_crashed_task_is_withdrawn_and_not_drained(CancellationToken cancel)
    {
        var process = await RunningAsync(task => New(task, stop: true), cancel, drain: "3secs");
        await NextAsync(4, cancel);

        process.Exit(3);

        Assert.That(await NextAsync(1, cancel), Is.EqualTo(["withdraw"]));
        Assert.That(await _driver.NextStates(1, cancel), Is.EqualTo(["TASK_FAILED"]));
        Assert.That(await NextAsync(1, cancel), Is.EqualTo(["after-exit"]));
    }

    [Test]
    public async Task A_destruction_takes_the_rest_of_a_drain(CancellationToken cancel)
    {
        var process = await RunningAsync(task => New(task), cancel, drain: "30secs");
        await NextAsync(4, cancel);
        _driver.Kill("a");
        await NextAsync(1, cancel);
        await Time.WaitForTimerOfAsync(TimeSpan.FromSeconds(30), cancel);

        _driver.Send("destroy a");

        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));
        await Time.WaitForTimerAsync(TimeSpan.Zero, cancel);
        Time.Advance(TimeSpan.Zero);
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Kill));
    }

    [Test]
    public async Task A_withdrawal_without_time_is_begun_all_the_same(CancellationToken cancel)
    {
        Assert.That(HookLimits.TryParse("withdraw=0secs", out var limits, out _));
        Start(task => New(task), limits);
        var process = await RunningAsync(_driver, "a", cancel);
        await NextAsync(4, cancel);

        _driver.Kill("a");

        Assert.That(await NextAsync(1, cancel), Is.EqualTo(["withdraw"]));
        await process.NextSignal(cancel);
    }

    [Test]
    public async Task A_shutdown_squeezes_drain_and_grace_into_its_budget(CancellationToken cancel)
    {
        var process = await RunningAsync(task => New(task, health: true), cancel, drain: "5secs");

        // 4 s for 5 s of drain and 5 s of grace.
        _driver.Post(new DriverEvent.Shutdown("the agent asks"));
        await Time.WaitForTimerOfAsync(TimeSpan.FromSeconds(2), cancel);
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));
        await Time.WaitForTimerOfAsync(TimeSpan.FromSeconds(2), cancel);
        Time.Advance(TimeSpan.FromSeconds(2));

        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Kill));
    }

    [Test]
    public async Task After_a_shutdown_that_needed_SIGKILL_the_hooks_have_the_rest_of_its_time(CancellationToken cancel)
    {
        var hasTime = new TaskCompletionSource<bool>();
        var process = await RunningAsync(
            task => New(task, does: (HookStage.AfterExit, token => Task.FromResult(hasTime.TrySetResult(!token.IsCancellationRequested)))), cancel);
        await NextAsync(4, cancel);

        _driver.Post(new DriverEvent.Shutdown("the agent asks"));
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));
        await Time.WaitForTimerOfAsync(TimeSpan.FromSeconds(4), cancel);
        Time.Advance(TimeSpan.FromSeconds(4));
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Kill));
        process.Exit(null, Signals.Kill);

        Assert.That(await hasTime.Task.WaitAsync(cancel), Is.True);
    }

    [Test]
    public async Task A_shutdown_that_comes_after_the_exit_shortens_what_is_left(CancellationToken cancel)
    {
        var cut = new TaskCompletionSource();
        var process = await RunningAsync(task => New(task, does: (HookStage.AfterExit, HangAsync)), cancel);
        await NextAsync(4, cancel);
        process.Exit(0);
        Assert.That(await NextAsync(2, cancel), Is.EqualTo(["withdraw", "after-exit"]));

        _driver.Post(new DriverEvent.Shutdown("the agent asks"));
        await Time.WaitForTimerOfAsync(TimeSpan.FromSeconds(4.5), cancel);
        Time.Advance(TimeSpan.FromSeconds(4.5));

        await cut.Task.WaitAsync(cancel);

        Task HangAsync(CancellationToken token)
        {
            token.Register(cut.SetResult);
            return Task.Delay(Timeout.Infinite, cancel);
        }
    }

    [Test]
    public async Task What_is_found_after_the_end_began_is_not_told(CancellationToken cancel)
    {
        var process = await RunningAsync(task => New(task, health: true), cancel);
        await NextAsync(2, cancel);
        _driver.Kill("a");
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));

        _hook!.Task.Control.ReportHealth(true);
        _hook.Task.Control.EndUnhealthy("too late");
        process.Exit(0);

        Assert.That(await _driver.NextStates(1, cancel), Is.EqualTo(["TASK_KILLED"]));
    }

    [Test]
    public async Task A_task_that_is_unhealthy_for_too_long_FAILED_and_stays_unhealthy(CancellationToken cancel)
    {
        var process = await RunningAsync(task => New(task, health: true), cancel);
        _hook!.Task.Control.ReportHealth(false, "refused");
        await _driver.NextStatus(cancel);
        _hook.Task.Control.EndUnhealthy("unhealthy: refused");
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));
        process.Exit(0);

        var status = await _driver.NextStatus(cancel);
        Assert.That((status.State, status.Healthy), Is.EqualTo((Mesos.TaskState.TaskFailed, false)));
    }

    [Test]
    public async Task A_label_that_makes_no_sense_is_an_ERROR_and_nothing_was_started(CancellationToken cancel)
    {
        Start(task => New(task));
        _driver.Launch("a", change: task => SetDrain(task, "soon"));

        var status = await _driver.NextStatus(cancel);
        Assert.That(status.State, Is.EqualTo(Mesos.TaskState.TaskError));
        Assert.That(status.Message, Does.StartWith("label drain is \"soon\": accepted is a number followed by "));
    }

    public async ValueTask DisposeAsync()
    {
        await _driver.DisposeAsync();
        if (_hook is not null) await _hook.DisposeAsync();
    }

    private void Start(HookFactory factory, HookLimits? limits = null)
    {
        _ = Run(_driver, options => options with { Hooks = new HookFactories { All = [factory], Time = Time, Limits = limits ?? new HookLimits() } });
        _driver.Register();
    }

    private async Task<FakeProcess> RunningAsync(HookFactory factory, CancellationToken cancel, string? drain = null)
    {
        Start(factory);
        return await RunningAsync(_driver, "a", cancel, task => SetDrain(task, drain));
    }

    private RecordingHook New(
        HookedTask task, bool health = false, bool stop = false, string? meets = null,
        (HookStage Stage, Func<CancellationToken, Task> Action)? does = null)
    {
        _hook = new RecordingHook(task, _told) { WaitsForHealth = health, StopsByRequest = stop, Meets = meets };
        _hook.Variables["SECRET"] = "42";
        if (does is { } what) _hook.Does[what.Stage] = what.Action;
        return _hook;
    }

    private async Task<string[]> NextAsync(int count, CancellationToken cancel)
    {
        var told = new string[count];
        for (var i = 0; i < count; i++) told[i] = await _told.Reader.ReadAsync(cancel);
        return told;
    }

    private static void SetDrain(Mesos.TaskInfo task, string? drain)
    {
        if (drain is null) return;
        task.Labels = new Mesos.Labels { Labels_ = { new Mesos.Label { Key = "drain", Value = drain } } };
    }
}
