using System.Runtime.Versioning;
using System.Text;
using System.Text.RegularExpressions;
using Executor.Core.Configuration;
using Executor.Core.Logs;
using Executor.Core.Logs.Lines;
using Executor.Core.Logs.Shipping;
using Executor.Core.Tests.Processes;
using Microsoft.Extensions.Time.Testing;

namespace Executor.Core.Tests.Logs;

[SupportedOSPlatform("linux")]
public sealed class LineTests
{
    [Test]
    public void Lines_are_the_same_whatever_pieces_they_come_in([Values(1, 2, 3, 7, 1000)] int size)
    {
        var text = Encoding.UTF8.GetBytes("one\n\ntwo\r\nthree é\nlast");
        var splitter = new LineSplitter(100);
        var lines = new List<string>();
        for (var at = 0; at < text.Length; at += size) Feed(splitter, text.AsSpan(at, Math.Min(size, text.Length - at)), lines);
        if (splitter.TryTakeLast(out var last, out _)) lines.Add(Encoding.UTF8.GetString(last));

        Assert.That(lines, Is.EqualTo(new[] { "one", "", "two", "three é", "last" }));
    }

    [Test]
    public void A_line_that_is_too_long_is_cut_and_the_next_one_is_whole([Values(5, 1000)] int size)
    {
        var text = Encoding.UTF8.GetBytes(new string('x', 50) + "\nnext\n");
        var splitter = new LineSplitter(20);
        var lines = new List<string>();
        for (var at = 0; at < text.Length; at += size) Feed(splitter, text.AsSpan(at, Math.Min(size, text.Length - at)), lines);

        Assert.That(lines, Is.EqualTo(new[] { new string('x', 20) + " cut", "next" }));
    }

    [Test]
    public void Behind_a_gap_no_halves_are_put_together()
    {
        var splitter = new LineSplitter(100);
        var lines = new List<string>();
        Feed(splitter, "whole\nbegun"u8, lines);
        splitter.Gap();
        Feed(splitter, "the end of another\nnext\n"u8, lines);

        Assert.That(lines, Is.EqualTo(new[] { "whole", "next" }));
    }

    [Test]
    public void Lines_of_one_event_are_joined()
    {
        var plan = LogEvents.Plan with { FirstLine = new Regex(@"^\S", RegexOptions.NonBacktracking) };
        var stream = new ShippedStream(plan, LogEvents.Encoder(LogFormat.Raw, plan), new RateLimit(0), new LogCounts(), LogEvents.Log);
        var batch = new Batch();
        Add(stream, "Error: x\n  at a\n  at b\nnext\n", batch);
        Assert.That(batch.Count, Is.EqualTo(1));
        Assert.That(Encoding.UTF8.GetString(batch[0]), Does.Contain("""Error: x\n  at a\n  at b"""));

        stream.EndEvent(batch);
        Assert.That(Encoding.UTF8.GetString(batch[1]), Does.Contain("next"));
    }

    [Test]
    public void Lines_that_never_begin_an_event_are_all_shipped_in_events_of_the_longest_length()
    {
        var counts = new LogCounts();
        var plan = LogEvents.Plan with { FirstLine = new Regex("^never", RegexOptions.NonBacktracking), LineSize = 20 };
        var stream = new ShippedStream(plan, LogEvents.Encoder(LogFormat.Raw, plan, counts), new RateLimit(0), counts, LogEvents.Log);
        var batch = new Batch();
        Add(stream, "one two\nthree four\nfive six seven eight\nnine\n", batch);
        stream.EndEvent(batch);

        Assert.That(Messages(batch), Is.EqualTo(new[] { "one two\nthree four", "five six seven eight", "nine" }));
        Assert.That((counts[LogCount.Cut], counts[LogCount.Split]), Is.EqualTo((0L, 2L)));
    }

    [Test]
    public void Blank_lines_without_end_take_no_memory_in_an_event()
    {
        var joiner = new LineJoiner(new Regex("^never", RegexOptions.NonBacktracking), 3);
        joiner.Add(default, 0, cut: false);
        var added = 1;
        for (; !joiner.IsTooLongWith(default); added++) joiner.Add(default, 0, cut: false);
        joiner.Take(out var text, out _);

        Assert.That((added, text.Length), Is.EqualTo((4, 3)));
    }

    [Test]
    public void An_event_without_end_is_whole_when_it_is_old()
    {
        var plan = LogEvents.Plan with { FirstLine = new Regex("^never", RegexOptions.NonBacktracking) };
        var stream = new ShippedStream(plan, LogEvents.Encoder(LogFormat.Raw, plan), new RateLimit(0), new LogCounts(), LogEvents.Log);
        var batch = new Batch();
        for (var i = 0; i < 10; i++)
        {
            var now = LogEvents.Arrived + (i * 600);
            stream.EndOldEvent(now, batch);
            ReadOnlySpan<byte> rest = "a\n"u8;
            stream.TryAdd(ref rest, now, batch);
        }

        Assert.That(Messages(batch), Is.EqualTo(new[] { "a\na\na\na\na\na\na\na\na" }));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task An_event_is_whole_after_a_pause_also_while_another_stream_is_busy()
    {
        using var folder = new Folder();
        var (counts, time) = (new LogCounts(), new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(LogEvents.Arrived)));
        var plan = LogEvents.Plan with { FirstLine = new Regex("^never", RegexOptions.NonBacktracking) };
        var backlog = new Backlog(4, new Spool(folder.File("spool"), 0, counts), LogOverflow.Newest, counts, time);
        backlog.Add(0, "waits\n"u8);
        for (var i = 0; i < 4; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(400));
            backlog.Add(1, "busy\n"u8);
        }

        backlog.Complete();
        using var shipper = new Shipper(
            backlog,
            [Stream(plan), Stream(LogEvents.Plan)],
            new LogSender(ShippingRig.Endpoint(LogProtocol.Tcp), () => [new HostAndPort("127.0.0.1", ShippingRig.FreePort())], counts, LogEvents.Log, TimeProvider.System),
            new UnshippedFile(folder.File("unshipped"), 1 << 30, counts, LogEvents.Log),
            LogEvents.Log);
        shipper.Stop();
        await shipper.Ended;

        Assert.That(ShippingRig.LinesOf(folder.File("unshipped")).Select(ShippingRig.Message), Is.EqualTo(new[] { "busy", "busy", "waits", "busy", "busy" }));

        ShippedStream Stream(LogPlan of) => new(of, LogEvents.Encoder(LogFormat.Raw, of), new RateLimit(0), counts, LogEvents.Log);
    }

    private static string[] Messages(Batch batch) => [.. Enumerable.Range(0, batch.Count).Select(i => ShippingRig.Message(Encoding.UTF8.GetString(batch[i])))];

    [Test]
    public void Lines_beyond_the_rate_are_dropped_and_counted()
    {
        var counts = new LogCounts();
        var stream = new ShippedStream(LogEvents.Plan, LogEvents.Encoder(LogFormat.Raw), new RateLimit(2), counts, LogEvents.Log);
        var batch = new Batch();
        Add(stream, "a\nb\nc\nd\n", batch);

        Assert.That((batch.Count, counts[LogCount.DroppedRate]), Is.EqualTo((2, 2L)));
    }

    [Test]
    public void A_line_that_the_encoder_fails_at_is_shipped_as_it_is_and_counted()
    {
        var counts = new LogCounts();
        var stream = new ShippedStream(LogEvents.Plan, LogEvents.Encoder(LogFormat.Raw), new RateLimit(0), counts, LogEvents.Log);
        var batch = new Batch();
        ReadOnlySpan<byte> rest = "before\n"u8;
        stream.TryAdd(ref rest, LogEvents.Arrived, batch);
        rest = "no calendar \"has\" this time \u00ff\n"u8;
        stream.TryAdd(ref rest, long.MaxValue, batch);
        rest = "behind\n"u8;
        stream.TryAdd(ref rest, LogEvents.Arrived, batch);

        Assert.That(Messages(batch), Is.EqualTo(new[] { "before", "no calendar \"has\" this time \u00ff", "behind" }));
        Assert.That(counts[LogCount.Failed], Is.EqualTo(1));
    }

    private static void Add(ShippedStream stream, string text, Batch batch)
    {
        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(text);
        while (stream.TryAdd(ref rest, LogEvents.Arrived, batch))
        {
        }
    }

    private static void Feed(LineSplitter splitter, ReadOnlySpan<byte> rest, List<string> lines)
    {
        while (!rest.IsEmpty)
            if (splitter.TryTake(ref rest, out var line, out var cut)) lines.Add(Encoding.UTF8.GetString(line) + (cut ? " cut" : ""));
    }
}
