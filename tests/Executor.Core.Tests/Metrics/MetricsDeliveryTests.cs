using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Executor.Core.Metrics;
using Executor.Core.Tests.Logs;
using Executor.Core.Tests.Processes;
using Microsoft.Extensions.Time.Testing;
using NLog;

namespace Executor.Core.Tests.Metrics;

/// <summary>Sinks that do not take what they get.</summary>
[CancelAfter(30_000)]
[SupportedOSPlatform("linux")]
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
        using var told = new Told();
        var calls = 0;
        var sink = new Sink(() =>
        {
            if (++calls % 2 == 1 && calls < 8) throw new SocketException((int)SocketError.ConnectionRefused);
        });
        using var delivery = new MetricsDelivery(sink, TimeProvider.System, told.Log);

        for (var i = 0; i < 12; i++) await delivery.SendAsync([], isLast: false, Limit, cancel);

        Assert.That(told.Lines, Is.EqualTo(["sink: metrics are not taken: the server: Connection refused", "sink: metrics are taken again"]));
    }

    [Test]
    public async Task A_folder_that_takes_no_file_is_named_once_with_the_reason(CancellationToken cancel)
    {
        using var folder = new Folder();
        Directory.CreateDirectory(folder.File("executor-marathon-shop_cart.1.prom"));

        Assert.That(
            await ToldOfAsync(new PrometheusFile(folder.Path, "executor", MetricsRig.Origin, TimeProvider.System), cancel),
            Is.EqualTo([$"prometheus: metrics are not taken: {folder.Path}: Is a directory (EISDIR)"]));
    }

    [Test]
    public async Task A_folder_on_a_full_disk_is_named_once(CancellationToken cancel)
    {
        using var disk = new SmallDisk(64 * 1024);
        disk.Fill();

        Assert.That(
            await ToldOfAsync(new PrometheusFile(disk.Path, "executor", MetricsRig.Origin, TimeProvider.System), cancel),
            Is.EqualTo([$"prometheus: metrics are not taken: {disk.Path}: No space left on device (ENOSPC)"]));
    }

    [Test]
    public async Task A_server_that_is_not_there_is_named_by_its_address(CancellationToken cancel)
    {
        using var nobody = new Socket(SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var server = MetricsRig.Address(nobody);

        Assert.That(
            await ToldOfAsync(new GraphiteSink(server, "executor", MetricsRig.Origin, TimeProvider.System), cancel),
            Is.EqualTo([$"graphite: metrics are not taken: {server}: Connection refused"]));
        Assert.That(
            await ToldOfAsync(new StatsdSink(server, "executor", MetricsRig.Origin), cancel),
            Is.EqualTo([$"statsd: metrics are not taken: {server}: Connection refused"]));
    }

    /// <summary>What is logged until something is, and in some sendings behind it.</summary>
    private static async Task<IList<string>> ToldOfAsync(IMetricsSink sink, CancellationToken cancel)
    {
        using var told = new Told();
        using var delivery = new MetricsDelivery(sink, TimeProvider.System, told.Log);
        for (var more = 4; more > 0; more -= told.Lines.Count) await delivery.SendAsync(MetricsRig.All, isLast: false, Limit, cancel);
        return told.Lines;
    }

    private sealed class Sink(Action act) : IMetricsSink
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Calls { get; private set; }

        public string Name => "sink";

        public string Place => "the server";

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
