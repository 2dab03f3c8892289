using Executor.Core.Configuration;
using Executor.Core.Hooks;
using Executor.Core.Lifecycle;
using Executor.Core.Ports;
using Mesos;
using Reason = Mesos.TaskStatus.Types.Reason;

namespace Executor.Core.Tests.Lifecycle;

[CancelAfter(30_000)]
public sealed class MaximumRunTimeTests : HostFixture
{
    [Test]
    public async Task A_task_that_ran_as_long_as_it_may_FAILED_with_the_reason_and_no_grace(CancellationToken cancel)
    {
        var driver = new FakeDriver();
        var host = Run(driver, o => o with { AgentRelease = Releases.From1X });
        driver.Register(killingState: true);
        var process = await RunningAsync(driver, "a", cancel, task => task.MaxCompletionTime = Seconds(90));

        await Time.WaitForTimerAsync(TimeSpan.FromSeconds(90), cancel);
        Time.Advance(TimeSpan.FromSeconds(89.9));
        Assert.That(process.SignalsWaiting, Is.Zero);
        Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));
        // A timer of no time fires at the clock's next step.
        await Time.WaitForTimerAsync(TimeSpan.Zero, cancel);
        Time.Advance(TimeSpan.Zero);
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Kill));
        process.Exit(null, Signals.Kill);

        var status = await driver.NextStatus(cancel);
        Assert.That(status.State, Is.EqualTo(TaskState.TaskFailed), "never KILLING, as the built-in executors");
        Assert.That(status.Reason, Is.EqualTo(Reason.MaxCompletionTimeReached));
        Assert.That(status.Message, Is.EqualTo(
            "the task reached its maximum completion time of 90secs; the command was ended by signal SIGKILL (9)"));
        Assert.That(await host.WaitAsync(cancel), Is.Zero);
    }

    [Test]
    public async Task A_maximum_longer_than_any_timer_is_waited_for_to_its_end(CancellationToken cancel)
    {
        var driver = new FakeDriver();
        _ = Run(driver);
        driver.Register();
        var process = await RunningAsync(driver, "a", cancel, task => task.MaxCompletionTime = Seconds(100 * 86400));

        for (var days = 0; days < 98; days += 49)
        {
            await Time.WaitForTimerAsync(TimeSpan.FromDays(49), cancel);
            Time.Advance(TimeSpan.FromDays(49));
        }

        await Time.WaitForTimerAsync(TimeSpan.FromDays(2), cancel);
        Assert.That(process.SignalsWaiting, Is.Zero);
        Time.Advance(TimeSpan.FromDays(2));
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));
    }

    [Test]
    public async Task A_task_that_is_being_killed_keeps_its_grace_and_is_KILLED_whatever_its_maximum(
        CancellationToken cancel)
    {
        var driver = new FakeDriver();
        _ = Run(driver);
        driver.Register();
        var process = await RunningAsync(driver, "a", cancel, task => task.MaxCompletionTime = Seconds(2));

        driver.Kill("a");
        await process.NextSignal(cancel);
        Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.That(process.SignalsWaiting, Is.Zero);
        process.Exit(0);

        Assert.That(await driver.NextStates(1, cancel), Is.EqualTo(["TASK_KILLED"]));
    }

    [Test]
    public async Task A_label_that_is_no_duration_is_an_ERROR_and_nothing_was_started(CancellationToken cancel)
    {
        var driver = new FakeDriver();
        var host = Run(driver);
        driver.Register();
        driver.Launch("a", change: task => task.Labels = Label("5 minutes"));

        var status = await driver.NextStatus(cancel);
        Assert.That(status.State, Is.EqualTo(TaskState.TaskError));
        Assert.That(status.Reason, Is.EqualTo(Reason.TaskInvalid));
        Assert.That(status.Message, Is.EqualTo(
            $"label max-completion-time is \"5 minutes\": accepted is {MesosDuration.Accepted}"));
        Assert.That(await host.WaitAsync(cancel), Is.Zero);
    }

    [Test]
    public void The_label_serves_where_there_is_no_field()
    {
        Assert.That(Read(new TaskInfo { Labels = Label("1.5mins") }), Is.EqualTo(TimeSpan.FromSeconds(90)));
        Assert.That(
            Read(new TaskInfo { Labels = Label("1mins"), MaxCompletionTime = Seconds(5) }),
            Is.EqualTo(TimeSpan.FromSeconds(5)));
        Assert.That(Read(new TaskInfo()), Is.Null);
    }

    [Test]
    public void A_negative_field_is_refused() =>
        Assert.That(() => Read(new TaskInfo { MaxCompletionTime = Seconds(-1) }), Throws.TypeOf<InvalidTaskException>());

    private static TimeSpan? Read(TaskInfo task) => MaximumRunTime.Of(task, new TaskLabels(task));

    private static DurationInfo Seconds(long seconds) => new() { Nanoseconds = seconds * 1_000_000_000 };

    private static Labels Label(string value) =>
        new() { Labels_ = { new Label { Key = MaximumRunTime.Label.Name, Value = value } } };
}
