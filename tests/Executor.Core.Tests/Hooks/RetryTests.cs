using Executor.Core.Hooks;
using Executor.Core.Tests.Lifecycle;
using NLog;
using NLog.Targets;

namespace Executor.Core.Tests.Hooks;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(30_000)]
public sealed class RetryTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly MemoryTarget _told = new() { Layout = "${message}" };
    private readonly LogFactory _logs = new();
    private readonly WatchedTime _time = new();
    private readonly Retry _retry;

    public RetryTests()
    {
        _logs.Setup().LoadConfiguration(configuration => configuration.ForLogger().WriteTo(_told));
        _retry = new Retry(Second, Second, _time, _logs.GetLogger("retry"));
    }

    public void Dispose()
    {
        _logs.Dispose();
        _told.Dispose();
    }

    [Test]
    public async Task Trouble_is_told_once_and_is_over_when_it_has_succeeded(CancellationToken cancel)
    {
        var tries = 0;
        var running = _retry.RunAsync(
            _ => ++tries <= 2 ? throw new UnavailableException("no answer") : Task.FromResult(tries), cancel);

        await PauseAsync(cancel);
        Assert.That(_retry.Trouble, Is.EqualTo("no answer"));
        await PauseAsync(cancel);
        Assert.That(await running, Is.EqualTo(3));
        Assert.That(_retry.Trouble, Is.Null);
        Assert.That(_told.Logs, Is.EqualTo(["no answer; trying again"]));
    }

    [Test]
    public async Task The_trouble_of_a_run_that_was_given_up_is_not_that_of_the_next(CancellationToken cancel)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var answer = new TaskCompletionSource();
        var givenUp = _retry.RunAsync(_ => throw new UnavailableException("no answer"), end.Token);
        await end.CancelAsync();
        Assert.That(async () => await givenUp, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_retry.Trouble, Is.EqualTo("no answer"));

        var next = _retry.RunAsync(_ => answer.Task, cancel);

        Assert.That(_retry.Trouble, Is.Null);
        answer.SetResult();
        await next;
    }

    [Test]
    public async Task Patience_ends_before_a_wish_to_be_asked_later(CancellationToken cancel)
    {
        var running = _retry.RunAsync(
            _ => throw new UnavailableException("busy", retryAfter: TimeSpan.FromHours(1)), cancel, patience: Second);

        await PauseAsync(cancel);

        Assert.That(async () => await running, Throws.TypeOf<HookException>().With.Message.EqualTo("busy"));
    }

    [Test]
    public void Without_patience_there_is_one_try()
    {
        var tries = 0;

        Assert.That(
            async () => await _retry.RunAsync(
                _ =>
                {
                    tries++;
                    throw new UnavailableException("no answer");
                },
                default,
                patience: TimeSpan.Zero),
            Throws.TypeOf<HookException>().With.Message.EqualTo("no answer"));
        Assert.That(tries, Is.EqualTo(1));
        Assert.That(_told.Logs, Is.Empty);
    }

    [Test]
    public async Task After_its_patience_a_failure_is_final(CancellationToken cancel)
    {
        var running = _retry.RunAsync(_ => throw new UnavailableException("no answer"), cancel, patience: 2 * Second);

        await PauseAsync(cancel);
        await PauseAsync(cancel);

        Assert.That(async () => await running, Throws.TypeOf<HookException>().With.Message.EqualTo("no answer"));
    }

    private async Task PauseAsync(CancellationToken cancel)
    {
        await _time.WaitForTimerAsync(Second, cancel);
        _time.Advance(Second);
    }
}
