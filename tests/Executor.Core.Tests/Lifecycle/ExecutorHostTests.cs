using Executor.Core.Ports;
using Google.Protobuf;
using Mesos;

namespace Executor.Core.Tests.Lifecycle;

[CancelAfter(30_000)]
public sealed class ExecutorHostTests : HostFixture
{
    [Test]
    public async Task A_task_that_exits_0_is_STARTING_RUNNING_FINISHED_and_the_executor_leaves(CancellationToken cancel)
    {
        var driver = new FakeDriver();
        var host = Run(driver);
        driver.Register();
        driver.Launch("a");
        var process = await Launcher.Next(cancel);
        Assert.That(await driver.NextStates(2, cancel), Is.EqualTo(["TASK_STARTING", "TASK_RUNNING"]));

        process.Exit(0);

        Assert.That(await driver.NextStates(1, cancel), Is.EqualTo(["TASK_FINISHED"]));
        Assert.That(await host.WaitAsync(cancel), Is.Zero);
        Assert.That(process.Description.Arguments, Is.EqualTo(["sh", "-c", "run"]));
    }

    [Test]
    public async Task A_command_that_cannot_be_started_FAILED_with_the_reason_and_never_was_RUNNING(CancellationToken cancel)
    {
        Launcher.Failure = new ProcessStartException("exec", 2, "cannot run \"run\": No such file (ENOENT)");
        var driver = new FakeDriver();
        var host = Run(driver);
        driver.Register();
        driver.Launch("a");

        Assert.That(await host.WaitAsync(cancel), Is.Zero);
        var statuses = driver.Rest();
        Assert.That(statuses.Select(s => s.State), Is.EqualTo([TaskState.TaskStarting, TaskState.TaskFailed]));
        Assert.That(statuses[1].Message, Is.EqualTo("cannot run \"run\": No such file (ENOENT)"));
    }

    [Test]
    public async Task A_kill_sends_SIGTERM_waits_for_the_whole_tree_and_ends_as_soon_as_it_is_gone(CancellationToken cancel)
    {
        var driver = new FakeDriver();
        var host = Run(driver);
        driver.Register();
        driver.Launch("a");
        var process = await Launcher.Next(cancel);
        await driver.NextStates(2, cancel);

        driver.Kill("a");
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));
        process.ExitLeader(null, Signals.Terminate);
        Assert.That(driver.Rest(), Is.Empty, "the tree still lives");
        process.EmptyTree();

        var status = await driver.NextStatus(cancel);
        Assert.That(status.State, Is.EqualTo(TaskState.TaskKilled));
        Assert.That(status.Message, Does.Contain("SIGTERM"));
        Assert.That(await host.WaitAsync(cancel), Is.Zero);
    }

    [Test]
    public async Task SIGKILL_comes_when_the_grace_of_the_kill_policy_is_over_and_not_before(CancellationToken cancel)
    {
        var driver = new FakeDriver();
        _ = Run(driver);
        driver.Register();
        driver.Launch("a", graceSeconds: 20);
        var process = await Launcher.Next(cancel);
        await driver.NextStates(2, cancel);

        driver.Kill("a");
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));
        Time.Advance(TimeSpan.FromSeconds(19.9));
        Assert.That(process.SignalsWaiting, Is.Zero);
        Time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Kill));
    }

    [Test]
    public async Task A_grace_longer_than_anyTimer_is_no_error(CancellationToken cancel)
    {
        var driver = new FakeDriver();
        var host = Run(driver);
        driver.Register();
        driver.Launch("a", graceSeconds: 5_000_000);
        var process = await Launcher.Next(cancel);
        await driver.NextStates(2, cancel);

        driver.Kill("a");
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));
        process.Exit(0);

        Assert.That(await driver.NextStates(1, cancel), Is.EqualTo(["TASK_KILLED"]));
        Assert.That(await host.WaitAsync(cancel), Is.Zero);
    }

    [Test]
    public async Task Repeated_kills_neither_repeat_the_signal_nor_restart_the_grace(CancellationToken cancel)
    {
        var driver = new FakeDriver();
        var host = Run(driver);
        driver.Register();
        driver.Launch("a", graceSeconds: 5);
        var process = await Launcher.Next(cancel);
        await driver.NextStates(2, cancel);

        driver.Kill("a");
        await process.NextSignal(cancel);
        for (var i = 0; i < 49; i++)
        {
            Time.Advance(TimeSpan.FromMilliseconds(100));
            driver.Kill("a");
        }

        Time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Kill));
        process.Exit(null, Signals.Kill);
        driver.Kill("a");
        Assert.That(await driver.NextStates(1, cancel), Is.EqualTo(["TASK_KILLED"]));
        await host.WaitAsync(cancel);
        Assert.That(driver.Rest(), Is.Empty);
    }

    [Test]
    public async Task TASK_KILLING_is_sent_where_the_framework_knows_it(CancellationToken cancel)
    {
        var driver = new FakeDriver();
        var host = Run(driver);
        driver.Register(killingState: true);
        driver.Launch("a");
        var process = await Launcher.Next(cancel);
        await driver.NextStates(2, cancel);

        driver.Kill("a");
        await process.NextSignal(cancel);
        process.Exit(0);

        Assert.That(await driver.NextStates(2, cancel), Is.EqualTo(["TASK_KILLING", "TASK_KILLED"]));
        await host.WaitAsync(cancel);
    }

    [Test]
    public async Task A_kill_during_the_start_stops_it_and_gives_one_KILLED(CancellationToken cancel)
    {
        Launcher.Gate = new TaskCompletionSource().Task;
        var driver = new FakeDriver();
        var host = Run(driver);
        driver.Register();
        driver.Launch("a");
        await driver.NextStates(1, cancel);

        driver.Kill("a");

        Assert.That(await driver.NextStates(1, cancel), Is.EqualTo(["TASK_KILLED"]));
        Assert.That(await host.WaitAsync(cancel), Is.Zero);
    }

    [Test]
    public async Task A_kill_for_a_task_never_delivered_is_answered_KILLED_once_and_a_late_launch_is_refused(
        CancellationToken cancel)
    {
        var driver = new FakeDriver { Acknowledges = false };
        var host = Run(driver);
        driver.Register();
        driver.Kill("a");
        driver.Kill("a");
        driver.Launch("a");

        Assert.That(await driver.NextStates(1, cancel), Is.EqualTo(["TASK_KILLED"]));
        driver.Post(new DriverEvent.UpdateAcknowledged("a"));
        await host.WaitAsync(cancel);
        Assert.That(driver.Rest(), Is.Empty);
    }

    [Test]
    public async Task A_shutdown_shortens_a_long_kill_grace_to_fit(CancellationToken cancel)
    {
        var driver = new FakeDriver();
        _ = Run(driver);
        driver.Register();
        driver.Launch("a", graceSeconds: 60);
        var process = await Launcher.Next(cancel);
        await driver.NextStates(2, cancel);
        driver.Kill("a");
        await process.NextSignal(cancel);

        driver.Post(new DriverEvent.Shutdown("shutdown"));
        await Time.WaitForTimerAsync(TimeSpan.FromSeconds(4), cancel);
        Time.Advance(TimeSpan.FromSeconds(4.1));

        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Kill));
    }

    [Test]
    public async Task What_outlives_SIGKILL_does_not_outlast_a_shutdown(CancellationToken cancel)
    {
        var driver = new FakeDriver();
        _ = Run(driver);
        driver.Register();
        var process = await RunningAsync(driver, "a", cancel);

        driver.Post(new DriverEvent.Shutdown("shutdown"));
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));
        Time.Advance(TimeSpan.FromSeconds(4));
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Kill));
        Assert.That(driver.Rest(), Is.Empty);
        Time.Advance(TimeSpan.FromSeconds(0.5));

        var status = await driver.NextStatus(cancel);
        Assert.That((status.State, status.Message), Is.EqualTo((TaskState.TaskKilled, "shutdown; its processes were still there after SIGKILL")));
    }

    [TestCase(false, 10)]
    [TestCase(true, 4.5)]
    public async Task A_start_that_cannot_be_broken_off_is_left_behind(bool shutdown, double seconds, CancellationToken cancel)
    {
        var driver = new FakeDriver();
        var host = Run(driver);
        driver.Register();
        using var gate = new ManualResetEventSlim();
        Launcher.Blocks = gate;
        driver.Launch("a");
        await driver.NextStates(1, cancel);

        if (shutdown) driver.Post(new DriverEvent.Shutdown("shutdown"));
        else driver.Kill("a");
        await Time.WaitForTimerOfAsync(TimeSpan.FromSeconds(seconds), cancel);
        Time.Advance(TimeSpan.FromSeconds(seconds));

        var status = await driver.NextStatus(cancel);
        Assert.That(status.State, Is.EqualTo(TaskState.TaskKilled));
        Assert.That(status.Message, Does.EndWith("; nothing was running, its start could not be broken off and was left behind"));
        Assert.That(await host.WaitAsync(cancel), Is.Zero);
        gate.Set();
        var late = await Launcher.Next(cancel);
        Assert.That(await late.NextSignal(cancel), Is.EqualTo(Signals.Kill));
        await late.Disposed.Task.WaitAsync(cancel);
    }

    [Test]
    public async Task A_second_task_of_a_live_id_does_not_disturb_the_first(CancellationToken cancel)
    {
        var driver = new FakeDriver();
        var host = Run(driver);
        driver.Register();
        driver.Launch("a");
        var process = await Launcher.Next(cancel);
        await driver.NextStates(2, cancel);

        driver.Launch("a");
        process.Exit(0);

        Assert.That(await driver.NextStates(1, cancel), Is.EqualTo(["TASK_FINISHED"]));
        await host.WaitAsync(cancel);
        Assert.That(driver.Rest(), Is.Empty);
    }

    [Test]
    public async Task The_executor_stays_until_the_last_update_is_acknowledged(CancellationToken cancel)
    {
        var driver = new FakeDriver { Acknowledges = false };
        var host = Run(driver);
        driver.Register();
        driver.Launch("a");
        (await Launcher.Next(cancel)).Exit(0);
        await driver.NextStates(3, cancel);

        driver.Post(new DriverEvent.UpdateAcknowledged("a"));
        driver.Post(new DriverEvent.UpdateAcknowledged("a"));
        Assert.That(host.IsCompleted, Is.False);
        driver.Post(new DriverEvent.UpdateAcknowledged("a"));

        Assert.That(await host.WaitAsync(cancel), Is.Zero);
    }

    [Test]
    public async Task Without_acknowledgements_it_leaves_a_second_after_the_last_update(CancellationToken cancel)
    {
        var driver = new FakeDriver(reportsAcknowledgements: false);
        var host = Run(driver);
        driver.Register();
        driver.Kill("a");
        await driver.NextStates(1, cancel);

        var sent = Time.GetTimestamp();
        while (!host.IsCompleted && !cancel.IsCancellationRequested)
        {
            Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.That(await host.WaitAsync(cancel), Is.Zero);
        Assert.That(Time.GetElapsedTime(sent), Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(1)));
    }

    [Test]
    public async Task A_task_that_comes_during_the_last_wait_is_run_to_its_end(CancellationToken cancel)
    {
        var driver = new FakeDriver(reportsAcknowledgements: false);
        var host = Run(driver);
        driver.Register();
        driver.Kill("a");
        await driver.NextStates(1, cancel);
        await Time.WaitForTimerAsync(TimeSpan.FromSeconds(1), cancel);
        driver.Launch("b");
        var process = await Launcher.Next(cancel);
        await driver.NextStates(2, cancel);

        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(host.IsCompleted, Is.False);
        process.Exit(0);

        Assert.That(await driver.NextStates(1, cancel), Is.EqualTo(["TASK_FINISHED"]));
        await Time.WaitForTimerAsync(TimeSpan.FromSeconds(1), cancel);
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(await host.WaitAsync(cancel), Is.Zero);
    }

    [Test]
    public async Task Without_acknowledgements_it_does_not_leave_while_the_agent_is_away(CancellationToken cancel)
    {
        var driver = new FakeDriver(reportsAcknowledgements: false);
        var host = Run(driver);
        driver.Register();
        driver.Post(new DriverEvent.Disconnected());
        driver.Kill("a");
        await driver.NextStates(1, cancel);
        Time.Advance(TimeSpan.FromMinutes(10));
        Assert.That(host.IsCompleted, Is.False);

        driver.Post(new DriverEvent.Reregistered(new SlaveInfo { Hostname = "host" }.ToByteArray()));
        await Time.WaitForTimerAsync(TimeSpan.FromSeconds(1), cancel);
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.That(await host.WaitAsync(cancel), Is.Zero);
    }

    [Test]
    public async Task Without_acknowledgements_a_shutdown_keepsTime_for_the_last_update(CancellationToken cancel)
    {
        var driver = new FakeDriver(reportsAcknowledgements: false);
        _ = Run(driver);
        driver.Register();
        driver.Launch("a", graceSeconds: 60);
        var process = await Launcher.Next(cancel);
        await driver.NextStates(2, cancel);

        driver.Post(new DriverEvent.Shutdown("shutdown"));
        await Time.WaitForTimerAsync(TimeSpan.FromSeconds(3), cancel);
        Time.Advance(TimeSpan.FromSeconds(3));

        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Kill));
    }

    [Test]
    public async Task A_message_that_cannot_be_read_disturbs_nothing(CancellationToken cancel)
    {
        var driver = new FakeDriver();
        var host = Run(driver);
        driver.Register();
        driver.Post(new DriverEvent.LaunchTask(new byte[] { 0xff, 0xff, 0xff }));
        driver.Post(new DriverEvent.KillTask(new byte[] { 0xff }));
        driver.Launch("a");
        (await Launcher.Next(cancel)).Exit(0);

        Assert.That(
            await driver.NextStates(3, cancel), Is.EqualTo(["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"]));
        Assert.That(await host.WaitAsync(cancel), Is.Zero);
    }

    [Test]
    public async Task A_failed_driver_ends_its_tasks_as_FAILED_and_the_executor_exits_1(CancellationToken cancel)
    {
        var driver = new FakeDriver();
        var host = Run(driver);
        driver.Register(killingState: true);
        driver.Launch("a");
        var process = await Launcher.Next(cancel);
        await driver.NextStates(2, cancel);

        driver.Post(new DriverEvent.Error("out of everything"));
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));
        process.Exit(0);

        Assert.That(await host.WaitAsync(cancel), Is.EqualTo(1));
        var status = driver.Rest().Single();
        Assert.That(status.State, Is.EqualTo(TaskState.TaskFailed));
        Assert.That(status.Message, Does.Contain("out of everything"));
    }
}
