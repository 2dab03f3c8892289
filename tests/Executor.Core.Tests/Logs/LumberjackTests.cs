using System.Runtime.Versioning;
using Executor.Core.Logs;
using Executor.Core.Logs.Shipping;

namespace Executor.Core.Tests.Logs;

[CancelAfter(120_000)]
[SupportedOSPlatform("linux")]
[Parallelizable]
public sealed class LumberjackTests
{
    private const int Window = 500;

    [Test]
    public async Task Every_event_is_there_once_and_in_order(CancellationToken limit)
    {
        await using var receiver = new LumberjackReceiver(window => window % 2 == 0 ? Conduct.Acknowledge : Conduct.AcknowledgeLate);
        await using var rig = new ShippingRig(ShippingRig.Endpoint(LogProtocol.Lumberjack, Window), receiver.Port);
        await ShipAsync(rig, 20_000, limit);

        Assert.That(receiver.Fault, Is.Null);
        Assert.That(receiver.Events.Select(ShippingRig.Message), Is.EqualTo(Enumerable.Range(0, 20_000).Select(ShippingRig.Line)));
        Assert.That(receiver.LargestWindow, Is.EqualTo(Window));
    }

    [Test]
    public async Task Nothing_of_a_million_lines_is_lost_and_no_fault_repeats_more_than_a_window(CancellationToken limit)
    {
        const int lines = 1_000_000;
        const int faults = 20;
        Conduct[] kinds = [Conduct.Reset, Conduct.AcknowledgeHalf, Conduct.Hang];
        await using var receiver = new LumberjackReceiver(
            window => window % 90 == 89 && window / 90 < faults ? kinds[window / 90 % kinds.Length] : Conduct.Acknowledge);
        await using var rig = new ShippingRig(ShippingRig.Endpoint(LogProtocol.Lumberjack, Window), receiver.Port);
        for (var at = 0; at < lines; at += 50_000) rig.Print(at, at + 50_000);
        rig.Shipper.Complete();
        await rig.Shipper.Ended.WaitAsync(limit);

        Assert.That(receiver.Fault, Is.Null);
        var times = receiver.Events.CountBy(ShippingRig.Message).ToDictionary();
        await TestContext.Out.WriteLineAsync($"{receiver.Events.Count - lines} of {lines} twice after {rig.Counts[LogCount.ConnectionErrors]} faults of {Window}");
        Assert.That(Enumerable.Range(0, lines).Count(i => !times.ContainsKey(ShippingRig.Line(i))), Is.Zero, "lost");
        Assert.That(receiver.Events, Has.Count.LessThanOrEqualTo(lines + (faults * Window)));
        Assert.That(rig.Counts[LogCount.Shipped], Is.EqualTo(lines));
    }

    [Test]
    public async Task What_nobody_acknowledged_is_left_in_a_file(CancellationToken limit)
    {
        await using var receiver = new LumberjackReceiver(window => window == 0 ? Conduct.AcknowledgeHalf : Conduct.Hang);
        await using var rig = new ShippingRig(ShippingRig.Endpoint(LogProtocol.Lumberjack, Window), receiver.Port);
        rig.Print(0, 2000);
        rig.Shipper.Complete();
        Assert.That(() => rig.Counts[LogCount.Shipped], Is.EqualTo(Window / 2).After(20_000, 10));
        rig.Shipper.Stop();
        await rig.Shipper.Ended.WaitAsync(limit);

        Assert.That(ShippingRig.LinesOf(rig.Unshipped).Select(ShippingRig.Message), Is.EqualTo(Enumerable.Range(Window / 2, 2000 - (Window / 2)).Select(ShippingRig.Line)));
        Assert.That(rig.Counts[LogCount.Left], Is.EqualTo(2000 - (Window / 2)));
    }

    [Test]
    public async Task Where_everything_is_full_lines_are_dropped_and_all_of_them_are_accounted_for([Values] LogOverflow overflow, CancellationToken limit)
    {
        const int lines = 100_000;
        var port = ShippingRig.FreePort();
        await using var rig = new ShippingRig(ShippingRig.Endpoint(LogProtocol.Lumberjack), port, memoryPages: 1, spool: 1 << 20, overflow);
        rig.Print(0, lines);
        rig.Shipper.Complete();
        rig.Shipper.Stop();
        await rig.Shipper.Ended.WaitAsync(limit);

        var left = ShippingRig.LinesOf(rig.Unshipped).Select(ShippingRig.Message).ToArray();
        Assert.That(left, Has.Length.LessThan(lines));
        Assert.That(left.Length + rig.Counts[LogCount.DroppedFull], Is.EqualTo(lines), rig.Counts.ToString());
        Assert.That(left, Is.SubsetOf(Enumerable.Range(0, lines).Select(ShippingRig.Line)));
        // At the end something small may still have fitted in.
        var first = left.TakeWhile((line, i) => line == ShippingRig.Line(i)).Count();
        if (overflow == LogOverflow.Oldest) Assert.That(left[^1], Is.EqualTo(ShippingRig.Line(lines - 1)));
        else Assert.That(left.Length - first, Is.LessThan(ShippingRig.Piece / ShippingRig.Line(0).Length));
    }

    private static async Task ShipAsync(ShippingRig rig, int lines, CancellationToken limit)
    {
        rig.Print(0, lines);
        rig.Shipper.Complete();
        await rig.Shipper.Ended.WaitAsync(limit);
    }
}
