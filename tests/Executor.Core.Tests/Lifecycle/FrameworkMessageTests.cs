using System.Text.Json;
using Executor.Core.Ports;
using Mesos;

namespace Executor.Core.Tests.Lifecycle;

[CancelAfter(30_000)]
public sealed class FrameworkMessageTests : HostFixture
{
    [TestCase("destroy a")]
    [TestCase(" destroy   a\n")]
    public async Task Destroy_is_a_kill_with_no_grace(string message, CancellationToken cancel)
    {
        var driver = new FakeDriver();
        var host = Run(driver);
        driver.Register(killingState: true);
        var process = await RunningAsync(driver, "a", cancel);

        driver.Send(message);
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));
        await Time.WaitForTimerAsync(TimeSpan.Zero, cancel);
        Time.Advance(TimeSpan.Zero);
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Kill));
        process.Exit(null, Signals.Kill);

        Assert.That(await driver.NextStates(1, cancel), Is.EqualTo(["TASK_KILLING"]));
        var status = await driver.NextStatus(cancel);
        Assert.That(status.State, Is.EqualTo(TaskState.TaskKilled));
        Assert.That(status.Message, Is.EqualTo(
            "destroyed by a framework message; the command was ended by signal SIGKILL (9)"));
        Assert.That(await driver.NextMessage(cancel), Is.EqualTo(
            """{"task":"a","destroy":"the task is being ended with no grace"}"""));
        Assert.That(await host.WaitAsync(cancel), Is.Zero);
    }

    [Test]
    public async Task Destroy_takes_the_rest_of_a_grace_that_is_under_way(CancellationToken cancel)
    {
        var driver = new FakeDriver();
        _ = Run(driver);
        driver.Register();
        var process = await RunningAsync(
            driver, "a", cancel,
            task => task.KillPolicy = new KillPolicy { GracePeriod = new DurationInfo { Nanoseconds = 60_000_000_000 } });
        driver.Kill("a");
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));

        driver.Send("destroy a");
        await Time.WaitForTimerAsync(TimeSpan.Zero, cancel);
        Time.Advance(TimeSpan.Zero);

        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Kill));
        process.Exit(null, Signals.Kill);
        Assert.That(await driver.NextStates(1, cancel), Is.EqualTo(["TASK_KILLED"]));
    }

    [Test]
    public async Task Status_describes_the_executor_and_its_tasks(CancellationToken cancel)
    {
        var driver = new FakeDriver();
        _ = Run(driver);
        driver.Register();
        await RunningAsync(driver, "a \"quoted\" id", cancel);
        Time.Advance(TimeSpan.FromSeconds(1.5));

        driver.Send("status");

        Assert.That(await driver.NextMessage(cancel), Is.EqualTo(
            """{"executor":"e","framework":"test","agent":"host","shuttingDown":false,"""
            + """ "unacknowledgedUpdates":0,"tasks":[{"id":"a \"quoted\" id","state":"TASK_RUNNING","pid":42,"secondsSinceLaunch":1.5}],"hooks":[]}""".TrimStart()));
    }

    [TestCase("destroy b", "no task \"b\" runs here")]
    [TestCase("destroy", "the message is \"destroy\": accepted is status, or destroy TASK_ID")]
    [TestCase("", "the message is \"\": accepted is status, or destroy TASK_ID")]
    [TestCase("STATUS", "the message is \"STATUS\": accepted is status, or destroy TASK_ID")]
    [TestCase("{\"kill\":\"a\"}\0", "the message is \"{\"kill\":\"a\"}\0\": accepted is status, or destroy TASK_ID")]
    public async Task Everything_else_is_answered_with_an_error_and_disturbs_nothing(
        string message, string error, CancellationToken cancel) =>
        await ExpectErrorAsync(System.Text.Encoding.UTF8.GetBytes(message), error, cancel);

    [Test]
    public async Task Bytes_that_are_no_text_and_messages_without_end_are_answered_too(CancellationToken cancel)
    {
        await ExpectErrorAsync(
            [0xff, 0xfe], "the message is 2 bytes that are no UTF-8: accepted is status, or destroy TASK_ID", cancel);
        await ExpectErrorAsync(
            new byte[100_000], "the message is 100000 bytes: accepted is status, or destroy TASK_ID", cancel);
        await ExpectErrorAsync(
            System.Text.Encoding.UTF8.GetBytes(new string('x', 500)),
            $"the message is \"{new string('x', 80)}…\": accepted is status, or destroy TASK_ID", cancel);
        await ExpectErrorAsync(
            System.Text.Encoding.UTF8.GetBytes(new string('x', 79) + "\U0001F600" + "x"),
            $"the message is \"{new string('x', 79)}…\": accepted is status, or destroy TASK_ID", cancel);
    }

    private async Task ExpectErrorAsync(byte[] message, string error, CancellationToken cancel)
    {
        var driver = new FakeDriver();
        var host = Run(driver);
        driver.Register();
        var process = await RunningAsync(driver, "a", cancel);

        driver.Post(new DriverEvent.FrameworkMessage(message));

        using var answer = JsonDocument.Parse(await driver.NextMessage(cancel));
        Assert.That(answer.RootElement.GetProperty("error").GetString(), Is.EqualTo(error));
        Assert.That(process.SignalsWaiting, Is.Zero);
        process.Exit(0);
        Assert.That(await driver.NextStates(1, cancel), Is.EqualTo(["TASK_FINISHED"]));
        Assert.That(await host.WaitAsync(cancel), Is.Zero);
    }
}
