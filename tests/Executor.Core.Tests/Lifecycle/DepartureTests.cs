using Executor.Core.Lifecycle;
using Executor.Core.Ports;

namespace Executor.Core.Tests.Lifecycle;

[CancelAfter(30_000)]
public sealed class DepartureTests : HostFixture
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [TestCase(true)]
    [TestCase(false)]
    public async Task An_executor_that_is_never_given_a_task_leaves_after_a_minute(
        bool reportsAcknowledgements, CancellationToken cancel)
    {
        var driver = new FakeDriver(reportsAcknowledgements);
        var host = Run(driver);
        driver.Register();
        await Time.WaitForTimerOfAsync(Minute, cancel);

        Time.Advance(TimeSpan.FromSeconds(59));
        Assert.That(host.IsCompleted, Is.False);
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.That(await host.WaitAsync(cancel), Is.Zero);
    }

    [Test]
    public async Task A_task_that_comes_in_time_keeps_the_executor(CancellationToken cancel)
    {
        var driver = new FakeDriver();
        var host = Run(driver);
        driver.Register();
        await Time.WaitForTimerOfAsync(Minute, cancel);
        var process = await RunningAsync(driver, "a", cancel);

        Time.Advance(TimeSpan.FromHours(1));
        process.Exit(0);

        Assert.That(await driver.NextStates(1, cancel), Is.EqualTo(["TASK_FINISHED"]));
        Assert.That(await host.WaitAsync(cancel), Is.Zero);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task An_idle_executor_stays_as_long_as_it_is_told_and_takes_further_tasks(
        bool reportsAcknowledgements, CancellationToken cancel)
    {
        var driver = new FakeDriver(reportsAcknowledgements);
        var host = Run(driver, o => o with { IdleExit = TimeSpan.FromSeconds(30) });
        driver.Register();
        foreach (var id in new[] { "a", "b" })
        {
            (await RunningAsync(driver, id, cancel)).Exit(0);
            await driver.NextStates(1, cancel);
            await Time.WaitForTimerOfAsync(TimeSpan.FromSeconds(30), cancel);
            Time.Advance(TimeSpan.FromSeconds(29));
            Assert.That(host.IsCompleted, Is.False);
        }

        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.That(await host.WaitAsync(cancel), Is.Zero);
    }

    [Test]
    public async Task A_shutdown_ends_the_idleness_at_once(CancellationToken cancel)
    {
        var driver = new FakeDriver();
        var host = Run(driver, o => o with { IdleExit = TimeSpan.FromDays(100) });
        driver.Register();

        driver.Post(new DriverEvent.Shutdown("shutdown"));

        Assert.That(await host.WaitAsync(cancel), Is.Zero);
    }

    [Test]
    public async Task Shutdowns_that_come_again_and_again_do_not_keep_it(CancellationToken cancel)
    {
        var driver = new FakeDriver(reportsAcknowledgements: false);
        var host = Run(driver);
        driver.Register();
        driver.Kill("a");
        await driver.NextStates(1, cancel);
        await Time.WaitForTimerOfAsync(TimeSpan.FromSeconds(1), cancel);

        for (var i = 0; i < 10; i++)
        {
            driver.Post(new DriverEvent.Shutdown("again"));
            await Time.WaitForTimerOfAsync(TimeSpan.FromMilliseconds(1000 - (100 * i)), cancel);
            Time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.That(await host.WaitAsync(cancel), Is.Zero);
    }

    [Test]
    public async Task Where_the_agent_is_gone_nobody_is_waited_for(CancellationToken cancel)
    {
        var driver = new FakeDriver { Acknowledges = false };
        var host = Run(driver);
        driver.Register();
        driver.Kill("a");
        await driver.NextStates(1, cancel);

        driver.Post(new DriverEvent.Shutdown("the agent is gone", AgentGone: true));

        Assert.That(await host.WaitAsync(cancel), Is.Zero);
    }

    [Test]
    public async Task A_shutdown_while_the_agent_is_away_waits_for_it_as_long_as_its_grace_allows(CancellationToken cancel)
    {
        var driver = new FakeDriver { Acknowledges = false };
        var host = Run(driver);
        driver.Register();
        driver.Post(new DriverEvent.Disconnected());
        driver.Kill("a");
        await driver.NextStates(1, cancel);
        driver.Post(new DriverEvent.Shutdown("SIGTERM"));
        await Time.WaitForTimerOfAsync(TimeSpan.FromSeconds(4.7), cancel);

        driver.Post(new DriverEvent.UpdateAcknowledged("a"));

        Assert.That(await host.WaitAsync(cancel), Is.Zero);
    }

    /// <summary>A quarter of a second after the last update, half a second before everything is killed.</summary>
    /// <param name="unacknowledged">-1 where the driver does not tell.</param>
    [TestCase(true, false, true, 0, 0.0)]
    [TestCase(true, false, false, 0, 0.0)]
    [TestCase(true, false, true, 1, 59.75)]
    [TestCase(true, false, false, 1, null)]
    [TestCase(true, true, false, 1, 0.5)]
    [TestCase(true, true, false, 1, 0.0, true)]
    [TestCase(true, true, true, 1, 0.5)]
    [TestCase(true, true, true, 0, 0.0)]
    [TestCase(true, false, true, -1, 0.75)]
    [TestCase(true, false, false, -1, null)]
    [TestCase(true, true, false, -1, 0.5)]
    [TestCase(false, false, true, 0, 50.0)]
    [TestCase(false, false, false, 0, null)]
    [TestCase(false, false, true, -1, 50.0)]
    [TestCase(false, false, false, -1, null)]
    [TestCase(false, true, true, 0, 0.0)]
    public void The_wait_depends_on_what_is_left_to_do_and_to_tell(
        bool hadTasks, bool shuttingDown, bool connected, int unacknowledged, double? seconds, bool gone = false)
    {
        var options = new ExecutorHostOptions
        {
            Sandbox = "/",
            Environment = new Dictionary<string, string>(),
            Arguments = [],
            ShutdownGrace = TimeSpan.FromSeconds(5),
        };

        var wait = Departure.Wait(options, new Departure.Situation
        {
            HadTasks = hadTasks,
            IdleFor = TimeSpan.FromSeconds(10),
            ShuttingDown = shuttingDown,
            Connected = connected,
            AgentGone = gone,
            SinceUpdate = TimeSpan.FromSeconds(0.25),
            ShutdownLeft = TimeSpan.FromSeconds(0.5),
            Unacknowledged = unacknowledged < 0 ? null : unacknowledged,
        });

        Assert.That(wait?.TotalSeconds, Is.EqualTo(seconds));
    }
}
