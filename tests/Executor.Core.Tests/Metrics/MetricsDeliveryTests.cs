using System.Net.Sockets;
using Executor.Core.Metrics;
using Microsoft.Extensions.Time.Testing;
using NLog;
using NLog.Config;
using NLog.Targets;

namespace Executor.Core.Tests.Metrics;

/// <summary>Sinks that do not take what they get.</summary>
[CancelAfter(30_000)]
public sealed class MetricsDeliveryTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    [Test]
    public async Task A_sink_that_blocks_its_thread_is_waited_for_no_longer_than_the_limit(CancellationToken cancel)
    {
        var time = new FakeTimeProvider();
        using var over = new ManualResetEventSlim();
        var sink = new Sink(over.Wait);
        using var delivery = new MetricsDelivery(sink, time, LogManager.CreateNullLogger());
        var first = delivery.SendAsync([], isLast: false, Limit, cancel);
        await sink.Asked.Task.WaitAsync(cancel);
        time.Advance(Limit);
        await first.WaitAsync(cancel);

        var last = delivery.SendAsync([], isLast: true, Limit, cancel);
        time.Advance(Limit);
        await last.WaitAsync(cancel);

        Assert.That(sink.Calls, Is.EqualTo(1));
        over.Set();
    }

    [Test]
    public async Task The_last_sending_comes_behind_one_that_the_end_has_cut_off(CancellationToken cancel)
    {
        using var over = new ManualResetEventSlim();
        using var leave = new CancellationTokenSource();
        var sink = new Sink(over.Wait);
        using var delivery = new MetricsDelivery(sink, TimeProvider.System, LogManager.CreateNullLogger());
        var first = delivery.SendAsync([], isLast: false, Limit, leave.Token);
        await sink.Asked.Task.WaitAsync(cancel);
        await leave.CancelAsync();
        await first.WaitAsync(cancel);

        var last = delivery.SendAsync([], isLast: true, Timeout.InfiniteTimeSpan, cancel);
        over.Set();
        await last.WaitAsync(cancel);

        Assert.That(sink.Calls, Is.EqualTo(2));
    }

    [Test]
    public async Task Trouble_that_only_every_other_sending_shows_is_told_once(CancellationToken cancel)
    {
        var told = new MemoryTarget { Layout = "${message}" };
        using var logs = new LogFactory();
        var calls = 0;
        var sink = new Sink(() =>
        {
            if (++calls % 2 == 1 && calls < 8) throw new SocketException((int)SocketError.ConnectionRefused);
        });
        var rules = new LoggingConfiguration(logs);
        rules.AddRuleForAllLevels(told);
        logs.Configuration = rules;
        using var delivery = new MetricsDelivery(sink, TimeProvider.System, logs.GetLogger("metrics"));

        for (var i = 0; i < 12; i++) await delivery.SendAsync([], isLast: false, Limit, cancel);

        Assert.That(told.Logs, Is.EqualTo(["sink: metrics are not taken: Connection refused", "sink: metrics are taken again"]));
    }

    private sealed class Sink(Action act) : IMetricsSink
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Calls { get; private set; }

        public string Name => "sink";

        public Task SendAsync(IReadOnlyList<Metric> metrics, bool isLast, CancellationToken cancellationToken)
        {
            Calls++;
            Asked.TrySetResult();
            act();
            return Task.CompletedTask;
        }

        public void Dispose()
        {
        }
    }
}
