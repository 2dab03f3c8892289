using System.Text.Json;
using System.Text.RegularExpressions;
using Executor.Core.Logs;
using Executor.Core.Logs.Lines;
using Executor.Fuzz.Tests.Engine;

namespace Executor.Fuzz.Tests.Targets;

/// <summary>
/// What a task prints: each line becomes one JSON object in which no name is twice, in every format, and the lines are the
/// same however the pipe cuts them.
/// </summary>
internal sealed partial class LineTarget : FuzzTarget
{
    /// <summary>2026-11-27T05:15:13.250Z</summary>
    private const long Arrived = 1795756513250;

    private const int LongestLine = 4096;

    /// <summary>Of one input, as each line is encoded in every format.</summary>
    private const int MostEncoded = 500;

    private static readonly string[] Own = ["task", "host", "message", "@timestamp", "@version", "level", "logger", "truncated", "_@timestamp"];

    private readonly List<EventEncoder> _encoders =
    [
        .. Enum.GetValues<LogFormat>().SelectMany(format => new[] { Encoder(format, Own[..2], strip: false), Encoder(format, Own, strip: true) }),
    ];

    private readonly ByteBuffer _output = new();

    public override IEnumerable<byte[]> Seeds =>
    [
        Bytes("""{"time":"2026-11-27T01:02:03.5+01:00","msg":"h\u00e9\n","level":"warn","logger":"x","a":{"b":[1,-2.5e3,null,true]},"task":7}"""),
        Bytes("ts=2026-11-27T01:02:03Z lvl=info msg=\"a \\\"b\\\"\" host=x truncated=1 odd=\"\\x1b\" empty=\n"),
        Bytes("plain\r\n\r\n10.0.0.1 - - [27/Nov/2026:05:15:13 +0100] \"GET / HTTP/1.1\" 200\n<13>Nov  3 05:15:13 host x\nI1126 05:15:13.000123 1 main.go:1] x"),
        Bytes("{\"ts\":1795756513.5,\"executor_task\":8}\n1795756513123456789 x\n\x1b[1;31mred\x1b[0m \x1b]0;t\u0007\n2026-11-27 05:15:13,123 x\n\tat a.b(C.java:1)"),
        Bytes("{\n  \"a\": {\r\n    \"b\":\n1\n  }\n}\n{\n\"msg\": 1 }"),
        Bytes("{\"@timestamp\":\"today\",\"_@timestamp\":2,\"\\u006dsg\":\"\\ud800\",\"@version\":\"2\"}"),
    ];

    public override IReadOnlyList<string> Words =>
    [
        "@timestamp", "_@timestamp", "@version", "message", "msg", "level", "logger", "time", "ts", "truncated", "executor_", "task", "host",
        "\"msg\":\"", "\":", "\",\"", "={", "=\"", "\\u0022", "\\u00e9", "{\"a\":", "[[[[", "}}", "2026-11-27T05:15:13.25Z", "9999-12-31T23:59:60-23:59",
        "0001-01-01T00:00:00+23:59", "27/Nov/2026:05:15:13", "Feb 30 23:59:60", "I1127 05:15:13", "1795756513", "\x1b[", "\x1b]", "\u0007", "\r\n",
    ];

    public override void Check(ReadOnlyMemory<byte> input)
    {
        var lines = Split(input.Span, input.Length);
        AssertThat(lines.SequenceEqual(Split(input.Span, 1)), "bytes that come one by one are other lines");
        AssertThat(lines.SequenceEqual(Split(input.Span, 5)), "bytes that come in pieces are other lines");
        foreach (var line in lines.Take(MostEncoded))
            foreach (var encoder in _encoders) CheckEvent(encoder, Convert.FromHexString(line.TrimEnd('+')), cut: line.EndsWith('+'));
        CheckJoined(lines);
    }

    /// <returns>In hexadecimal; one that was cut ends with a plus.</returns>
    private static List<string> Split(ReadOnlySpan<byte> bytes, int pieces)
    {
        var splitter = new LineSplitter(LongestLine);
        var lines = new List<string>();
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(pieces, bytes.Length)];
            bytes = bytes[piece.Length..];
            while (!piece.IsEmpty)
                if (splitter.TryTake(ref piece, out var line, out var cut)) lines.Add(Convert.ToHexString(line) + (cut ? "+" : ""));
        }

        if (splitter.TryTakeLast(out var last, out var isCut)) lines.Add(Convert.ToHexString(last) + (isCut ? "+" : ""));
        return lines;
    }

    private void CheckEvent(EventEncoder encoder, ReadOnlySpan<byte> line, bool cut)
    {
        _output.Clear();
        encoder.Write(_output, line, Arrived, cut);
        CheckJson(_output);
        _output.Clear();
        encoder.WriteUnread(_output, line, Arrived, cut);
        CheckJson(_output);
    }

    private static void CheckJson(ByteBuffer output)
    {
        AssertThat(!output.Written.ContainsAny((byte)'\n', (byte)'\r'), "an event is more than one line");
        using var json = JsonDocument.Parse(output.Memory, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 512 });
        AssertThat(json.RootElement.TryGetProperty("@timestamp", out var time) && time.TryGetDateTimeOffset(out _), "an event has no time");
        AssertThat(json.RootElement.TryGetProperty("@version", out _), "an event has no version");
    }

    /// <summary>Nothing is lost where lines are joined, and they become one.</summary>
    private void CheckJoined(List<string> lines)
    {
        var joiner = new LineJoiner(First(), LongestLine);
        var (given, taken, encoded) = (0, 0, 0);
        foreach (var line in lines.Select(line => Convert.FromHexString(line.TrimEnd('+'))))
        {
            if (joiner.HasBegun && (joiner.IsFirst(line) || joiner.IsTooLongWith(line))) Take();
            joiner.Add(line, Arrived, cut: false);
            given += line.Length;
        }

        if (joiner.HasBegun) Take();
        AssertThat(taken == given, $"of {given} bytes {taken} are in the events");

        void Take()
        {
            joiner.Take(out var text, out _);
            AssertThat(text.Length <= LongestLine, $"an event has {text.Length} bytes");
            taken += text.Length - text.Count((byte)'\n');
            if (encoded++ >= MostEncoded) return;
            foreach (var encoder in _encoders) CheckEvent(encoder, text, cut: false);
        }
    }

    private static EventEncoder Encoder(LogFormat format, string[] own, bool strip) => new(
        new LogPlan { Mode = LogMode.Ship, Format = format, StripAnsi = strip, IgnoreKeys = ["ignored"] }, format,
        new OwnFields([.. own.Select(name => KeyValuePair.Create(name, "\"ours\""))]), new LogCounts());

    [GeneratedRegex("^[0-9{<]", RegexOptions.NonBacktracking)]
    private static partial Regex First();
}
