using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Executor.Core.Configuration;
using Executor.Core.Logs;
using Executor.Core.Logs.Shipping;
using Microsoft.Extensions.Time.Testing;

namespace Executor.Core.Tests.Logs;

/// <summary>Receivers that fail in their ways, and what of the lines is lost.</summary>
[CancelAfter(60_000)]
[SupportedOSPlatform("linux")]
public sealed class SenderTests
{
    [TestCase(false, 20)]
    [TestCase(true, 3)]
    public async Task Over_TCP_no_more_is_lost_than_the_receivers_kernel_had_taken_for_it(bool hangs, int faults, CancellationToken limit)
    {
        const int lines = 200_000;
        await using var receiver = new FaultyReceiver(faults, bytes: 700_001, hangs);
        await using var rig = new ShippingRig(ShippingRig.Endpoint(LogProtocol.Tcp), receiver.Port);
        rig.Print(0, lines);
        rig.Shipper.Complete();
        await rig.Shipper.Ended.WaitAsync(limit);

        // The beginning of each connection may be the end of a line that went into the one before.
        var got = await receiver.LinesAsync(limit);
        var whole = got.Where(line => line.StartsWith('{') && line.EndsWith('}')).ToArray();
        var known = whole.Select(ShippingRig.Message).ToHashSet();
        var missing = Enumerable.Range(0, lines).Count(i => !known.Contains(ShippingRig.Line(i)));
        await TestContext.Out.WriteLineAsync($"missing {missing} of {lines} after {faults} faults, {whole.Length - known.Count} twice, kernel {receiver.KernelBuffer}; {rig.Counts}");
        Assert.That(missing * whole.Min(line => line.Length), Is.LessThanOrEqualTo(faults * (receiver.KernelBuffer + whole.Max(line => line.Length))));
        Assert.That(whole.Length - known.Count, Is.LessThanOrEqualTo(rig.Counts[LogCount.SentAgain]));
        Assert.That(rig.Counts[LogCount.ConnectionErrors], Is.GreaterThanOrEqualTo(faults));
        Assert.That(rig.Counts[LogCount.DroppedFull], Is.Zero);
    }

    [Test]
    public async Task Lines_wait_while_the_receivers_name_is_not_known(CancellationToken limit)
    {
        const int lines = 5_000;
        var questions = 0;
        await using var receiver = new LumberjackReceiver(window => window == 3 ? Conduct.Reset : Conduct.Acknowledge);
        var endpoint = ShippingRig.Endpoint(LogProtocol.Lumberjack, window: 100) with
        {
            Resolve = (name, _) => ++questions is > 1 and < 5
                ? Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound))
                : Task.FromResult<IPAddress[]>(name == "logs.test" ? [IPAddress.Loopback] : []),
        };
        await using var rig = new ShippingRig(endpoint, [new HostAndPort("logs.test", receiver.Port)], TimeProvider.System);
        rig.Print(0, lines);
        rig.Shipper.Complete();
        await rig.Shipper.Ended.WaitAsync(limit);

        Assert.That(receiver.Events.Select(ShippingRig.Message).Distinct(), Is.EqualTo(Enumerable.Range(0, lines).Select(ShippingRig.Line)));
        Assert.That(rig.Counts[LogCount.Shipped], Is.EqualTo(lines));
        Assert.That(rig.Counts[LogCount.ConnectionErrors], Is.EqualTo(4), "one broken connection, three names that were not found");
    }

    [Test]
    public async Task What_a_full_disk_keeps_from_the_spool_is_counted_and_the_rest_arrives(CancellationToken limit)
    {
        const int lines = 100_000;
        using var disk = new SmallDisk(1 << 20);
        var port = ShippingRig.FreePort();
        await using var rig = new ShippingRig(
            ShippingRig.Endpoint(LogProtocol.Lumberjack), [new HostAndPort("127.0.0.1", port)], TimeProvider.System, memoryPages: 1, spoolFolder: disk.File("spool"));
        rig.Print(0, lines);
        rig.Shipper.Complete();
        rig.Shipper.Stop();
        await rig.Shipper.Ended.WaitAsync(limit);

        var left = ShippingRig.LinesOf(rig.Unshipped).Select(ShippingRig.Message).ToArray();
        Assert.That(left, Has.Length.InRange(1, lines - 1));
        Assert.That(left.Length + rig.Counts[LogCount.DroppedFull], Is.EqualTo(lines), rig.Counts.ToString());
        Assert.That(left, Is.EqualTo(Enumerable.Range(0, left.Length).Select(ShippingRig.Line)));
        Assert.That(Directory.Exists(rig.SpoolFolder), Is.False);
    }

    [Test]
    public async Task Several_receivers_have_their_turns(CancellationToken limit)
    {
        await using var first = new LumberjackReceiver(_ => Conduct.Acknowledge);
        await using var second = new LumberjackReceiver(_ => Conduct.Acknowledge);
        var time = new FakeTimeProvider();
        var endpoint = ShippingRig.Endpoint(LogProtocol.Lumberjack) with { Turn = TimeSpan.FromMinutes(1) };
        await using var rig = new ShippingRig(endpoint, [new HostAndPort("127.0.0.1", first.Port), new HostAndPort("127.0.0.1", second.Port)], time);
        for (var turn = 0; turn < 6; turn++)
        {
            rig.Print(turn * 100, (turn + 1) * 100);
            Assert.That(() => rig.Counts[LogCount.Shipped], Is.EqualTo((turn + 1) * 100).After(20_000, 2));
            time.Advance(TimeSpan.FromMinutes(1));
        }

        rig.Shipper.Complete();
        await rig.Shipper.Ended.WaitAsync(limit);
        Assert.That((first.Events.Count, second.Events.Count), Is.EqualTo((300, 300)));
        Assert.That(rig.Counts[LogCount.ConnectionErrors], Is.Zero);
    }
}
