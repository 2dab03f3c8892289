using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using Executor.Core.Configuration;
using Executor.Core.Logs;
using Executor.Core.Logs.Shipping;
using Executor.Core.Tests.Lifecycle;
using Microsoft.Extensions.Time.Testing;

namespace Executor.Core.Tests.Logs;

/// <summary>Receivers that fail in their ways, and what of the lines is lost.</summary>
[CancelAfter(60_000)]
[SupportedOSPlatform("linux")]
[Parallelizable]
public sealed class SenderTests
{
    [TestCase(false, 20, 700_001)]
    [TestCase(false, 5, 1, Description = "Each breaks before it has got what the one before did not.")]
    [TestCase(true, 3, 700_001)]
    public async Task Over_TCP_no_more_is_lost_than_the_receivers_kernel_had_taken_for_it(bool hangs, int faults, int bytes, CancellationToken limit)
    {
        const int lines = 200_000;
        await using var receiver = new FaultyReceiver(faults, bytes, hangs);
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
        Assert.That(left.Length + rig.Counts[LogCount.DroppedSpool] + rig.Counts[LogCount.DroppedFull], Is.EqualTo(lines), rig.Counts.ToString());
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

    [Test]
    public async Task A_receiver_that_breaks_every_connection_is_asked_with_pauses(CancellationToken limit)
    {
        const int faults = 5;
        await using var receiver = new LumberjackReceiver(window => window < faults ? Conduct.Reset : Conduct.Acknowledge);
        await using var rig = new ShippingRig(ShippingRig.Endpoint(LogProtocol.Lumberjack), receiver.Port);
        var started = Stopwatch.GetTimestamp();
        rig.Print(0, 100);
        rig.Shipper.Complete();
        await rig.Shipper.Ended.WaitAsync(limit);

        // 0.2, 0.4, 0.8 and then 1 s, each cut by up to half.
        Assert.That(Stopwatch.GetElapsedTime(started), Is.GreaterThan(TimeSpan.FromSeconds(1.5)));
        Assert.That(rig.Counts[LogCount.ConnectionErrors], Is.EqualTo(faults));
        Assert.That(rig.Counts[LogCount.Shipped], Is.EqualTo(100));
    }

    [Test]
    public async Task A_TLS_handshake_that_hangs_does_not_keep_the_rest_from_its_file(CancellationToken limit)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var endpoint = ShippingRig.Endpoint(LogProtocol.Tls) with
        {
            Timeout = TimeSpan.FromHours(1),
            Tls = host => new SslClientAuthenticationOptions { TargetHost = host },
        };
        await using var rig = new ShippingRig(endpoint, ((IPEndPoint)silent.LocalEndpoint).Port);
        rig.Print(0, 100);
        rig.Shipper.Complete();
        using var connection = await silent.AcceptSocketAsync(limit);
        rig.Shipper.Stop();
        await rig.Shipper.Ended.WaitAsync(limit);

        Assert.That(ShippingRig.LinesOf(rig.Unshipped).Select(ShippingRig.Message), Is.EqualTo(Enumerable.Range(0, 100).Select(ShippingRig.Line)));
        Assert.That(rig.Counts[LogCount.Left], Is.EqualTo(100));
    }

    [Test]
    public async Task What_waits_for_the_end_is_not_written_where_a_link_of_the_task_leads(CancellationToken limit)
    {
        await using var rig = new ShippingRig(ShippingRig.Endpoint(LogProtocol.Tcp), ShippingRig.FreePort());
        var victim = rig.Folder.File("victim");
        await File.WriteAllTextAsync(victim, "untouched", limit);
        File.CreateSymbolicLink(rig.Unshipped, victim);
        rig.Print(0, 10);
        rig.Shipper.Complete();
        rig.Shipper.Stop();
        await rig.Shipper.Ended.WaitAsync(limit);

        Assert.That(await File.ReadAllTextAsync(victim, limit), Is.EqualTo("untouched"));
        Assert.That(ShippingRig.LinesOf(rig.Unshipped), Has.Length.EqualTo(10));
    }

    [Test]
    public async Task Over_UDP_a_receiver_that_is_not_there_is_left_for_the_next_one(CancellationToken limit)
    {
        const int lines = 50;
        using var receiver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        receiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        HostAndPort[] both = [new("127.0.0.1", ((IPEndPoint)nobody.LocalEndPoint!).Port), new("127.0.0.1", ((IPEndPoint)receiver.LocalEndPoint!).Port)];
        await using var rig = new ShippingRig(ShippingRig.Endpoint(LogProtocol.Udp), both, TimeProvider.System);
        for (var i = 0; i < lines; i++)
        {
            rig.Print(i, i + 1);
            Assert.That(() => rig.Counts[LogCount.Shipped] + rig.Counts[LogCount.DroppedDatagram], Is.GreaterThanOrEqualTo(i + 1).After(20_000, 2));
        }

        rig.Shipper.Complete();
        await rig.Shipper.Ended.WaitAsync(limit);
        var got = 0;
        for (var buffer = new byte[64 * 1024]; receiver.Available > 0; got++) await receiver.ReceiveAsync(buffer, limit);
        Assert.That(got, Is.EqualTo(rig.Counts[LogCount.Shipped]).And.GreaterThanOrEqualTo(lines - 1));
        Assert.That(rig.Counts[LogCount.DroppedDatagram], Is.EqualTo(lines - got));
    }

    [Test]
    public void Over_UDP_a_receiver_that_is_not_there_is_named_once_and_is_back_when_it_has_lasted(CancellationToken limit)
    {
        var address = new HostAndPort("127.0.0.1", ShippingRig.FreePort());
        var time = new TimeWithoutPauses();
        var counts = new LogCounts();
        using var told = new Told();
        using var sender = new LogSender(ShippingRig.Endpoint(LogProtocol.Udp), () => [address], counts, told.Log, time);
        for (var error = 1; error <= 5; error++)
            while (counts[LogCount.ConnectionErrors] < error) SendOne();

        var trouble = $"its output waits, no receiver takes it: {address}: nobody listens there";
        Assert.That(told.Lines, Is.EqualTo([trouble]));

        using var receiver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        receiver.Bind(new IPEndPoint(IPAddress.Loopback, address.Port));
        while (told.Lines.Count == 1)
        {
            SendOne();
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.That(told.Lines, Is.EqualTo([trouble, $"its output goes to {address} again"]));

        void SendOne()
        {
            limit.ThrowIfCancellationRequested();
            var batch = new Batch();
            batch.Bytes.Add("{}"u8);
            batch.EndEvent();
            sender.Send(batch, CancellationToken.None, limit);
        }
    }

    [TestCase(LogProtocol.Tcp)]
    [TestCase(LogProtocol.Lumberjack)]
    public async Task A_receiver_that_breaks_a_connection_is_named(LogProtocol protocol, CancellationToken limit)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Server.ReceiveBufferSize = 4096;
        listener.Start();
        var address = new HostAndPort("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
        using var told = new Told();
        await using var rig = new ShippingRig(ShippingRig.Endpoint(protocol), [address], TimeProvider.System, log: told.Log);
        rig.Print(0, 3_000);
        using (var connection = await listener.AcceptSocketAsync(limit))
        {
            await connection.ReceiveAsync(new byte[1], limit);
            connection.LingerState = new LingerOption(true, 0);
        }

        Assert.That(() => told.Lines, Has.Some.StartsWith($"its output waits, no receiver takes it: {address}: ").After(20_000, 2));
    }

    [Test]
    public async Task A_connection_that_is_cut_as_the_time_is_over_is_no_trouble_of_its_receiver(CancellationToken limit)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var address = new HostAndPort("127.0.0.1", ((IPEndPoint)silent.LocalEndpoint).Port);
        using var told = new Told();
        var endpoint = ShippingRig.Endpoint(LogProtocol.Lumberjack) with { Timeout = TimeSpan.FromHours(1) };
        await using var rig = new ShippingRig(endpoint, [address], TimeProvider.System, log: told.Log);
        rig.Print(0, 100);
        rig.Shipper.Complete();
        using var connection = await silent.AcceptSocketAsync(limit);
        await connection.ReceiveAsync(new byte[1], limit);
        rig.Shipper.Stop();
        await rig.Shipper.Ended.WaitAsync(limit);

        Assert.That(told.Lines, Is.EqualTo([$"100 events could not be shipped in time: they are left in {rig.Unshipped}"]));
        Assert.That(rig.Counts[LogCount.ConnectionErrors], Is.Zero);
    }

    [TestCase(LogProtocol.Tcp)]
    [TestCase(LogProtocol.Lumberjack)]
    public async Task A_receiver_that_ends_a_connection_without_lines_is_no_trouble(LogProtocol protocol, CancellationToken limit)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var rig = new ShippingRig(ShippingRig.Endpoint(protocol) with { Compression = 0 }, ((IPEndPoint)listener.LocalEndpoint).Port);
        for (var i = 0; i < 3; i++)
        {
            rig.Print(i, i + 1);
            using var connection = await listener.AcceptSocketAsync(limit);
            var (text, buffer) = ("", new byte[64 * 1024]);
            while (!text.Contains($"line {i} ", StringComparison.Ordinal))
                text += Encoding.UTF8.GetString(buffer, 0, await connection.ReceiveAsync(buffer, limit));
            if (protocol == LogProtocol.Lumberjack) await connection.SendAsync("2A\0\0\0\x01"u8.ToArray(), limit);
            Assert.That(() => rig.Counts[LogCount.Shipped], Is.EqualTo(i + 1).After(20_000, 2));
            connection.Shutdown(SocketShutdown.Both);
        }

        rig.Shipper.Complete();
        await rig.Shipper.Ended.WaitAsync(limit);
        Assert.That((rig.Counts[LogCount.ConnectionErrors], rig.Counts[LogCount.SentAgain]), Is.EqualTo((0L, 0L)));
    }

    [Test]
    public async Task Lines_that_a_quiet_connection_loses_are_sent_again_without_waiting_for_others(CancellationToken limit)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Server.ReceiveBufferSize = 4096;
        listener.Start();
        await using var rig = new ShippingRig(ShippingRig.Endpoint(LogProtocol.Tcp), ((IPEndPoint)listener.LocalEndpoint).Port);
        rig.Print(0, 3_000);
        using (var first = await listener.AcceptSocketAsync(limit))
        {
            Assert.That(() => rig.Counts[LogCount.Shipped], Is.EqualTo(3_000).After(20_000, 2), "the kernel has the rest");
            first.LingerState = new LingerOption(true, 0);
        }

        using var second = await listener.AcceptSocketAsync(limit);
        var (text, buffer) = ("", new byte[64 * 1024]);
        while (!text.Contains("line 2999 ", StringComparison.Ordinal))
            text += Encoding.UTF8.GetString(buffer, 0, await second.ReceiveAsync(buffer, limit));
        Assert.That(rig.Counts[LogCount.ConnectionErrors], Is.EqualTo(1));
    }

    [Test]
    public async Task At_the_end_no_pause_keeps_from_a_receiver_that_is_back(CancellationToken limit)
    {
        var port = ShippingRig.FreePort();
        var time = new WatchedTime();
        await using var rig = new ShippingRig(ShippingRig.Endpoint(LogProtocol.Lumberjack), [new HostAndPort("127.0.0.1", port)], time);
        rig.Print(0, 10);
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(30), limit);
        await using var receiver = new LumberjackReceiver(_ => Conduct.Acknowledge, port);
        rig.Shipper.Complete();

        // Its clock stands still: a pause would last for ever.
        await rig.Shipper.Ended.WaitAsync(limit);
        Assert.That(receiver.Events, Has.Count.EqualTo(10));
    }

    [Test]
    public async Task What_is_left_has_a_bounded_file_and_the_rest_is_counted(CancellationToken limit)
    {
        const int lines = 500_000;
        await using var rig = new ShippingRig(
            ShippingRig.Endpoint(LogProtocol.Tcp), [new HostAndPort("127.0.0.1", ShippingRig.FreePort())], TimeProvider.System, mostUnshipped: 4 << 20);
        rig.Print(0, lines);
        rig.Shipper.Complete();
        rig.Shipper.Stop();
        await rig.Shipper.Ended.WaitAsync(limit);

        var left = ShippingRig.LinesOf(rig.Unshipped);
        Assert.That(new FileInfo(rig.Unshipped).Length, Is.InRange(4 << 20, 8 << 20));
        Assert.That(left.Select(ShippingRig.Message), Is.EqualTo(Enumerable.Range(0, left.Length).Select(ShippingRig.Line)));
        Assert.That(rig.Counts[LogCount.Left], Is.EqualTo(left.Length));
        Assert.That(left.Length + rig.Counts[LogCount.DroppedFull], Is.EqualTo(lines));
        Assert.That((rig.Counts[LogCount.Waiting], Directory.Exists(rig.SpoolFolder)), Is.EqualTo((0L, false)));
    }

    [Test]
    public async Task Where_the_rest_has_no_file_what_is_on_disk_stays_there(CancellationToken limit)
    {
        const int lines = 200_000;
        using var told = new Told();
        await using var rig = NobodyThere("/no/such/folder/unshipped.json", told);
        await EndAsync(rig, lines, limit);

        Assert.That(
            told.Lines.Skip(1),
            Is.EqualTo([
                $"{rig.Unshipped} cannot be written: No such file or directory (ENOENT): what does not go in is dropped, and counted",
                $"what waited on disk stays in {rig.SpoolFolder}, as it was printed",
            ]));
        var kept = await File.ReadAllTextAsync(Directory.GetFiles(rig.SpoolFolder).Single(), limit);
        Assert.That(Printed(lines), Does.EndWith(kept));
        Assert.That(kept, Has.Length.GreaterThan(1_000_000));
        Assert.That(rig.Counts[LogCount.DroppedSpool] + rig.Counts[LogCount.DroppedFull], Is.EqualTo(lines));
        Assert.That(rig.Counts[LogCount.Waiting], Is.Zero);
    }

    [TestCase(2 << 20, Description = "Full with what waited in memory.")]
    [TestCase(12 << 20, Description = "Full with what waited on disk.")]
    public async Task The_file_of_the_rest_ends_with_the_last_line_that_a_full_disk_takes(int size, CancellationToken limit)
    {
        const int lines = 200_000;
        using var disk = new SmallDisk(size);
        using var told = new Told();
        await using var rig = NobodyThere(disk.File("unshipped.json"), told);
        await EndAsync(rig, lines, limit);

        var left = ShippingRig.LinesOf(rig.Unshipped);
        Assert.That(await File.ReadAllTextAsync(rig.Unshipped, limit), Does.EndWith("}\n"));
        Assert.That(left.Select(ShippingRig.Message), Is.EqualTo(Enumerable.Range(0, left.Length).Select(ShippingRig.Line)));
        Assert.That(
            told.Lines.Skip(1),
            Is.EqualTo([
                $"{rig.Unshipped} cannot be written: No space left on device (ENOSPC): what does not go in is dropped, and counted",
                $"what waited on disk stays in {rig.SpoolFolder}, as it was printed",
                $"{left.Length} events could not be shipped in time: they are left in {rig.Unshipped}",
            ]));
        Assert.That(Printed(lines), Does.EndWith(await File.ReadAllTextAsync(Directory.GetFiles(rig.SpoolFolder).Single(), limit)));
        Assert.That(rig.Counts[LogCount.Left], Is.EqualTo(left.Length));
        Assert.That(left.Length + rig.Counts[LogCount.DroppedSpool] + rig.Counts[LogCount.DroppedFull], Is.EqualTo(lines));
    }

    [Test]
    public async Task A_disk_that_was_full_before_has_no_file_of_the_rest(CancellationToken limit)
    {
        using var disk = new SmallDisk(64 * 1024);
        disk.Fill();
        using var told = new Told();
        await using var rig = NobodyThere(disk.File("unshipped.json"), told);
        await EndAsync(rig, 10, limit);

        Assert.That(File.Exists(rig.Unshipped), Is.False);
        Assert.That(told.Lines.Skip(1), Has.One.StartsWith($"{rig.Unshipped} cannot be written: No space left on device"));
        Assert.That(rig.Counts[LogCount.DroppedSpool], Is.EqualTo(10));
    }

    private static ShippingRig NobodyThere(string unshipped, Told told) => new(
        ShippingRig.Endpoint(LogProtocol.Tcp), [new HostAndPort("127.0.0.1", ShippingRig.FreePort())], TimeProvider.System,
        memoryPages: 1, unshipped: unshipped, log: told.Log);

    /// <summary>Lets it be known that nobody is there, and ends.</summary>
    private static async Task EndAsync(ShippingRig rig, int lines, CancellationToken limit)
    {
        rig.Print(0, lines);
        Assert.That(() => rig.Counts[LogCount.ConnectionErrors], Is.GreaterThan(0).After(20_000, 2));
        rig.Shipper.Complete();
        rig.Shipper.Stop();
        await rig.Shipper.Ended.WaitAsync(limit);
    }

    private static string Printed(int lines) => string.Concat(Enumerable.Range(0, lines).Select(i => ShippingRig.Line(i) + "\n"));

    /// <summary>A clock for which every pause is over at once.</summary>
    private sealed class TimeWithoutPauses : FakeTimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            callback(state);
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
        }
    }
}
