using System.Net.Sockets;
using Executor.Core.Metrics;
using Executor.Core.Telemetry;
using Microsoft.Extensions.Time.Testing;
using static Executor.Core.Tests.Metrics.MetricsRig;

namespace Executor.Core.Tests.Metrics;

/// <summary>From what is measured to what is sent.</summary>
[CancelAfter(30_000)]
public sealed class MetricsPushTests
{
    private const string Start = "executor.agent-1_example_org.shop_cart_1";

    [Test]
    public async Task What_is_measured_is_sent_each_interval_and_at_the_end(CancellationToken cancel)
    {
        var time = new FakeTimeProvider();
        using var listener = Tcp();
        var push = MetricsPush.Start(Settings(("EXECUTOR_METRICS_GRAPHITE", $"127.0.0.1:{Address(listener).Port}")), Origin, time)!;
        Instruments.TaskEscalations.Add(2, Instruments.Task("a"));
        Instruments.ProbeDuration.Record(0.25, Instruments.Task("a"), new("outcome", "passed"));

        var first = ReadAsync(listener, cancel);
        time.Advance(TimeSpan.FromSeconds(15));
        Assert.That(await first, Does.Contain($"{Start}.task.escalations.a 2 ").And.Contain($"{Start}.probe.duration.a.passed.max 0.25 ").And.Contain($"{Start}.process.memory "));

        Instruments.TaskEscalations.Add(1, Instruments.Task("a"));
        var last = ReadAsync(listener, cancel);
        await push.DisposeAsync();
        Assert.That(await last, Does.Contain($"{Start}.task.escalations.a 3 ").And.Contain($"{Start}.probe.duration.a.passed.max 0 "));
    }

    [Test]
    public async Task A_sink_that_is_not_there_is_counted_and_the_others_get_theirs(CancellationToken cancel)
    {
        var time = new FakeTimeProvider();
        using var listener = Tcp();
        var settings = Settings(
            ("EXECUTOR_METRICS_GRAPHITE", $"127.0.0.1:{Address(listener).Port}"), ("EXECUTOR_METRICS_PROMETHEUS", "/no/such/folder"));
        await using var push = MetricsPush.Start(settings, Origin, time);

        var first = ReadAsync(listener, cancel);
        time.Advance(TimeSpan.FromSeconds(15));
        await first;
        var second = ReadAsync(listener, cancel);
        time.Advance(TimeSpan.FromSeconds(15));

        Assert.That(await second, Does.Match($@"{Start}\.metrics\.failures\.prometheus [1-9]"));
        _ = ReadAsync(listener, cancel); // what comes at the end
    }

    [Test]
    public async Task A_server_that_never_answers_is_given_up(CancellationToken cancel)
    {
        var time = new FakeTimeProvider();
        using var silent = Tcp();
        var push = MetricsPush.Start(Settings(("EXECUTOR_METRICS_GRAPHITE", $"127.0.0.1:{Address(silent).Port}")), Origin, time)!;
        for (var i = 0; i < 200_000; i++) Instruments.TaskEscalations.Add(1, Instruments.Task($"{i % 9_999:D200}"));

        var end = push.DisposeAsync().AsTask();
        while (!end.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
            cancel.ThrowIfCancellationRequested();
        }

        await end;
    }

    [Test]
    public void Nobody_who_wants_them_is_nothing_to_do() => Assert.That(MetricsPush.Start(Settings(), Origin, TimeProvider.System), Is.Null);
}
