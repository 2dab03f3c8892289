using System.Threading.Channels;
using Executor.Core.Configuration;
using Executor.Core.Health;
using Executor.Core.Hooks;
using Executor.Core.Ports;
using Executor.Core.Tests.Hooks;
using Executor.Core.Tests.Lifecycle;
using Mesos;

namespace Executor.Core.Tests.Health;

/// <summary>When checks are done, and what becomes of their results, on a clock that stands still.</summary>
[CancelAfter(30_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class HealthHookTests : HostFixture, IAsyncDisposable
{
    /// <summary>In seconds; no other timer has it.</summary>
    private const double Interval = 11;

    private readonly FakeDriver _driver = new();
    private readonly Channel<TaskCompletionSource<int>> _requests = Channel.CreateUnbounded<TaskCompletionSource<int>>();
    private readonly HttpFake _server;
    private volatile int _status = 200;
    private volatile bool _hangs;

    public HealthHookTests() => _server = new HttpFake(AnswerAsync);

    [Test]
    public async Task A_task_is_healthy_with_its_first_good_check_and_that_is_told_once(CancellationToken cancel)
    {
        await RunningAsync(Check(), cancel);
        Assert.That((await _driver.NextStatus(cancel)).Healthy, Is.True);

        await NextCheckAsync(Interval, cancel);
        await NextCheckAsync(Interval, cancel);

        Assert.That(_driver.Rest(), Is.Empty);
    }

    [Test]
    public async Task The_first_check_waits_for_the_delay(CancellationToken cancel)
    {
        await RunningAsync(Check(delay: 7), cancel);
        await Time.WaitForTimerOfAsync(TimeSpan.FromSeconds(7), cancel);
        Assert.That(_server.Count, Is.Zero);

        Time.Advance(TimeSpan.FromSeconds(7));

        await _server.NextAsync(cancel);
        Assert.That((await _driver.NextStatus(cancel)).Healthy, Is.True);
    }

    [Test]
    public async Task A_starting_task_is_checked_again_after_250_ms_and_later_after_its_interval(CancellationToken cancel)
    {
        _status = 503;
        await RunningAsync(Check(), cancel);
        await _server.NextAsync(cancel);
        await NextCheckAsync(0.25, cancel);
        _status = 200;
        await NextCheckAsync(0.25, cancel);

        Assert.That((await _driver.NextStatus(cancel)).Healthy, Is.True);
        await NextCheckAsync(Interval, cancel);
    }

    [Test]
    public async Task A_task_that_fails_too_often_is_ended_gracefully_as_FAILED_and_unhealthy(CancellationToken cancel)
    {
        var process = await RunningAsync(Check(grace: 0, failures: 2), cancel);
        await _driver.NextStatus(cancel);
        _status = 500;

        await NextCheckAsync(Interval, cancel);
        var first = await _driver.NextStatus(cancel);
        await NextCheckAsync(Interval, cancel);
        var second = await _driver.NextStatus(cancel);

        Assert.That((first.Healthy, first.Message), Is.EqualTo((false, $"http://127.0.0.1:{_server.Port}/ping: status 500, accepted is 200-399")));
        Assert.That(second.Healthy, Is.False);
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));
        process.Exit(0);
        var last = await _driver.NextStatus(cancel);
        Assert.That((last.State, last.Healthy), Is.EqualTo((TaskState.TaskFailed, false)));
        Assert.That(last.Message, Does.StartWith("unhealthy: 2 checks failed in a row, the last http://127.0.0.1:"));
    }

    [Test]
    public async Task A_check_that_hangs_fails_when_its_time_is_over_and_the_next_follows(CancellationToken cancel)
    {
        await RunningAsync(Check(grace: 0), cancel);
        await _driver.NextStatus(cancel);
        _hangs = true;
        await NextCheckAsync(Interval, cancel);

        Time.Advance(TimeSpan.FromSeconds(3));

        Assert.That((await _driver.NextStatus(cancel)).Message, Does.EndWith(": no result within 3secs"));
        _hangs = false;
        await NextCheckAsync(Interval, cancel);
        Assert.That((await _driver.NextStatus(cancel)).Healthy, Is.True);
    }

    [Test]
    public async Task Checks_never_overlap(CancellationToken cancel)
    {
        await RunningAsync(Check(timeout: 0), cancel);
        await _driver.NextStatus(cancel);
        _hangs = true;
        await NextCheckAsync(Interval, cancel);

        Time.Advance(TimeSpan.FromHours(1));
        (await _requests.Reader.ReadAsync(cancel)).SetResult(200);

        _hangs = false;
        await NextCheckAsync(Interval, cancel);
        Assert.That((_server.Count, _requests.Reader.Count), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task What_a_check_finds_after_a_kill_is_not_told(CancellationToken cancel)
    {
        var process = await RunningAsync(Check(grace: 0), cancel);
        await _driver.NextStatus(cancel);
        _hangs = true;
        await NextCheckAsync(Interval, cancel);

        _driver.Kill("a");
        Assert.That(await process.NextSignal(cancel), Is.EqualTo(Signals.Terminate));
        (await _requests.Reader.ReadAsync(cancel)).SetResult(500);
        process.Exit(0);

        var last = await _driver.NextStatus(cancel);
        Assert.That((last.State, last.Healthy), Is.EqualTo((TaskState.TaskKilled, true)));
    }

    [Test]
    public async Task A_check_that_makes_no_sense_is_TASK_ERROR_and_nothing_is_started(CancellationToken cancel)
    {
        Start();
        _driver.Launch("a", change: task => task.HealthCheck = new HealthCheck { IntervalSeconds = double.NaN, Command = new CommandInfo { Value = "true" } });

        var status = await _driver.NextStatus(cancel);

        Assert.That(status.State, Is.EqualTo(TaskState.TaskError));
        Assert.That(status.Message, Does.StartWith("health_check: its interval is NaN seconds"));
        Assert.That(Launcher.Count, Is.Zero);
    }

    [Test]
    public async Task A_generic_check_is_in_every_status_and_told_when_it_changes(CancellationToken cancel)
    {
        Start();
        _driver.Launch("a", change: task => task.Check = new CheckInfo
        {
            Type = CheckInfo.Types.Type.Http,
            Http = new CheckInfo.Types.Http { Port = (uint)_server.Port, Path = "/ping" },
            DelaySeconds = 0,
            IntervalSeconds = Interval,
            TimeoutSeconds = 3,
        });
        var process = await Launcher.Next(cancel);
        foreach (var status in new[] { await _driver.NextStatus(cancel), await _driver.NextStatus(cancel) })
            Assert.That((status.CheckStatus.Type, status.CheckStatus.Http.HasStatusCode), Is.EqualTo((CheckInfo.Types.Type.Http, false)));

        Assert.That((await _driver.NextStatus(cancel)).CheckStatus.Http.StatusCode, Is.EqualTo(200));
        await _server.NextAsync(cancel);
        await NextCheckAsync(Interval, cancel);
        _status = 404;
        await NextCheckAsync(Interval, cancel);
        Assert.That((await _driver.NextStatus(cancel)).CheckStatus.Http.StatusCode, Is.EqualTo(404));
        _hangs = true;
        await NextCheckAsync(Interval, cancel);
        Time.Advance(TimeSpan.FromSeconds(3));
        var unknown = await _driver.NextStatus(cancel);
        Assert.That((unknown.State, unknown.CheckStatus.Http.HasStatusCode), Is.EqualTo((TaskState.TaskRunning, false)));

        _driver.Kill("a");
        await process.NextSignal(cancel);
        process.Exit(0);
        var last = await _driver.NextStatus(cancel);
        Assert.That((last.State, last.CheckStatus.Type), Is.EqualTo((TaskState.TaskKilled, CheckInfo.Types.Type.Http)));
    }

    public async ValueTask DisposeAsync()
    {
        while (_requests.Reader.TryRead(out var request)) request.TrySetResult(200);
        await _server.DisposeAsync();
    }

    /// <summary>Waits until the next check is due in so many seconds, lets them pass, and waits for its request.</summary>
    private async Task NextCheckAsync(double seconds, CancellationToken cancel)
    {
        await Time.WaitForTimerOfAsync(TimeSpan.FromSeconds(seconds), cancel);
        while (_server.Count > 0) await _server.NextAsync(cancel);
        Time.Advance(TimeSpan.FromSeconds(seconds));
        await _server.NextAsync(cancel);
    }

    private Action<TaskInfo> Check(double delay = 0, double grace = 300, uint failures = 3, double timeout = 3) => task =>
        task.HealthCheck = new HealthCheck
        {
            Http = new HealthCheck.Types.HTTPCheckInfo { Port = (uint)_server.Port, Path = "/ping" },
            DelaySeconds = delay,
            IntervalSeconds = Interval,
            TimeoutSeconds = timeout,
            GracePeriodSeconds = grace,
            ConsecutiveFailures = failures,
        };

    private Task<FakeProcess> RunningAsync(Action<TaskInfo> check, CancellationToken cancel)
    {
        Start();
        return RunningAsync(_driver, "a", cancel, check);
    }

    private void Start()
    {
        Assert.That(Settings.TryRead(HealthSettings.All, new Dictionary<string, string>(), out var settings, out _), Is.True);
        var checks = new HealthChecks(settings!, Launcher, Time);
        _ = Run(_driver, options => options with
        {
            Hooks = new HookFactories { All = [checks.CreateHealth, checks.CreateCheck], Time = Time },
        });
        _driver.Register();
    }

    private async Task<(int Status, string Body)> AnswerAsync(System.Net.HttpListenerRequest request)
    {
        if (!_hangs) return (_status, "");
        var answer = new TaskCompletionSource<int>();
        _requests.Writer.TryWrite(answer);
        return (await answer.Task, "");
    }
}
