using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Executor.Core.Logs;
using Executor.Core.Logs.Lines;

namespace Executor.Core.Tests.Logs;

[Parallelizable]
public sealed class EventEncoderTests
{
    private static readonly string[] Everything =
        ["message", "@timestamp", "@version", "level", "logger", "truncated", "_@timestamp", "executor_truncated", "executor_task", "msg", "ts"];

    private const string Ours = ",\"task\":\"t1\",\"host\":\"h\"}";

    [Test]
    public void The_fields_of_JSON_are_kept_as_they_stand() => Assert.That(
        LogEvents.Encode("""{"time":"2026-11-27T01:02:03Z","msg":"hi\u00e9","level":"warn","n":1.50,"o":{"a":[1, 2]}}"""),
        Is.EqualTo("""{"@timestamp":"2026-11-27T01:02:03.000Z","@version":"1","message":"hi\u00e9","level":"warn","n":1.50,"o":{"a":[1, 2]}""" + Ours));

    [Test]
    public void The_fields_of_logfmt_are_kept() => Assert.That(
        LogEvents.Encode("""ts=2026-11-27T01:02:03.5Z lvl=info msg="a \"b\"" path=C:\x empty= odd="\x1b" """),
        Is.EqualTo("""{"@timestamp":"2026-11-27T01:02:03.500Z","@version":"1","level":"info","message":"a \"b\"","path":"C:\\x","empty":"","odd":"\\x1b" """.TrimEnd() + Ours));

    [Test]
    public void JSON_that_was_joined_of_several_lines_is_one_line() => Assert.That(
        LogEvents.Encode("{\n  \"msg\":\n    \"a\\nb\",\n  \"o\": {\r\n    \"n\":\n 1\n  }\r\n}"),
        Is.EqualTo("""{"@timestamp":"2026-11-27T05:15:13.250Z","@version":"1","message":"a\nb","o": {      "n":  1   }""" + Ours));

    [Test]
    public void What_was_joined_of_several_lines_and_is_no_JSON_keeps_their_ends() => Assert.That(
        LogEvents.Encode("error\n  at a\n  at b"), Does.Contain("""
            "message":"error\n  at a\n  at b"
            """));

    [TestCase("plain text")]
    [TestCase("{not json}")]
    [TestCase("""{"a":1} trailing}""")]
    [TestCase("[1,2]")]
    [TestCase("42")]
    [TestCase("""a=b c="never ends""")]
    [TestCase("one=pair")]
    [TestCase("key=value and words")]
    public void Any_other_line_is_a_message_whole(string line)
    {
        var counts = new LogCounts();
        var json = JsonNode.Parse(LogEvents.Encode(line, counts: counts))!;

        Assert.That((string?)json["message"], Is.EqualTo(line));
        Assert.That((string?)json["@timestamp"], Is.EqualTo("2026-11-27T05:15:13.250Z"));
        Assert.That(counts[LogCount.Unparsed], Is.EqualTo(1));
    }

    [Test]
    public void A_line_of_any_bytes_becomes_valid_JSON()
    {
        var random = new Random(7);
        for (var i = 0; i < 2000; i++)
        {
            var line = new byte[random.Next(1, 80)];
            random.NextBytes(line);
            foreach (var format in Enum.GetValues<LogFormat>()) Assert.That(() => JsonDocument.Parse(LogEvents.Encode(line, format)), Throws.Nothing);
        }
    }

    [Test]
    public void What_is_nearly_JSON_is_never_made_into_something_broken()
    {
        var good = Encoding.UTF8.GetBytes("""{"time":"2026-11-27T01:02:03Z","msg":"h\u00e9\n","a":{"b":[1,-2.5e3,null,true]},"task":7}""");
        var random = new Random(11);
        for (var i = 0; i < 5000; i++)
        {
            var line = (byte[])good.Clone();
            for (var n = random.Next(1, 4); n > 0; n--) line[random.Next(line.Length)] = (byte)random.Next(256);
            Assert.That(() => JsonDocument.Parse(LogEvents.Encode(line)), Throws.Nothing, Encoding.Latin1.GetString(line));
        }
    }

    [Test]
    public void Pieces_of_everything_that_is_read_become_one_object_each()
    {
        string[] whole =
        [
            "{\"time\":\"2026-11-27T01:02:03.5+01:00\",\"msg\":\"h\\u00e9\\n\",\"a\":{\"b\":[1,-2.5e3,null,true]}}", "{\"message\":\"a\",\"msg\":\"b\"}",
            "{\"ts\":1795756513.5,\"task\":7,\"executor_task\":8}", "{\"ts\":\"0001-01-01T00:00:00+01:00\"}", "{\"\\u006dsg\":\"\\ud800\",\"\\ud800\":1}",
            "ts=2026-11-27T01:02:03Z lvl=info msg=\"a \\\"b\\\"\" host=x truncated=1 ", "@timestamp=9999-12-31T23:59:59-01:00 _@timestamp=1 ", "time=1795756513123456789 ",
            "x [27/Nov/2026:05:15:13 +0000] ", "[2026-11-27 05:15:13,123+0100] ", "2026/11/27T05:15:13Z ", "0001-01-01T00:00:00+23:59 ", "9999-12-31 23:59:60.999 ",
            "<13>Nov  3 05:15:13 host ", "Feb 29 23:59:60 x ", "I1126 05:15:13.000123 1 main.go:1] ", "1795756513 ", "\x1b[1;31mred\x1b[0m", "\x1b]0;t\u0007",
            "\\", "\"", "=", "{", "}", " ", "\t", "\n", "\0", "\u00e9\ud83d\ude00", "@version=2 ", "\"@version\":2,", "[", "]", ":", ",",
        ];
        var pieces = whole.Select(Encoding.UTF8.GetBytes).Append([0xff]).Append([0xc3]).Append([0xf0, 0x9f]).Append([0xed, 0xa0, 0x80]).ToArray();
        foreach (var piece in pieces)
            for (var length = 1; length <= piece.Length; length++) Check(piece[..length]);

        var random = new Random(13);
        var line = new List<byte>();
        for (var i = 0; i < 20_000; i++)
        {
            line.Clear();
            for (var n = random.Next(1, 5); n > 0; n--)
            {
                var piece = pieces[random.Next(pieces.Length)];
                var from = random.Next(3) == 0 ? random.Next(piece.Length) : 0;
                line.AddRange(piece[from..(random.Next(2) == 0 ? random.Next(from, piece.Length) + 1 : piece.Length)]);
            }

            Check([.. line]);
        }
    }

    private static void Check(byte[] line)
    {
        var text = Encoding.Latin1.GetString(line);
        foreach (var format in Enum.GetValues<LogFormat>())
        {
            foreach (var cut in new[] { false, true })
            {
                var output = new ByteBuffer();
                var encoder = LogEvents.Encoder(format, LogEvents.Plan with { StripAnsi = cut }, null, cut ? Everything : []);
                Assert.That(() => encoder.Write(output, line, LogEvents.Arrived, cut), Throws.Nothing, text);
                var names = LogEvents.NamesOf(output.Memory);
                Assert.That(names.Distinct().Count(), Is.EqualTo(names.Length), text);
            }
        }
    }

    [TestCase("""{"time":"0001-01-01T00:00:00+01:00"}""")]
    [TestCase("""{"time":"9999-12-31T23:59:59-01:00"}""")]
    [TestCase("0001-01-01T00:00:00+01:00 x")]
    [TestCase("9999-12-31T23:59:60 x")]
    public void A_time_outside_of_all_calendars_is_none(string line) =>
        Assert.That((string?)JsonNode.Parse(LogEvents.Encode(line))!["@timestamp"], Is.EqualTo("2026-11-27T05:15:13.250Z"));

    [TestCase("x [27/Nov/2026:05:15:13")]
    [TestCase("x [27/Nov/2026:05:15:1")]
    [TestCase("x [27/Nov/2026:05:15:13 ")]
    public void A_time_may_be_cut_off_anywhere(string line) =>
        Assert.That((string?)JsonNode.Parse(LogEvents.Encode(line, LogFormat.Raw))!["message"], Is.EqualTo(line));

    [Test]
    public void A_field_of_the_line_wins_and_ours_steps_aside()
    {
        var counts = new LogCounts();

        Assert.That(LogEvents.Encode("""{"host":"app's"}""", counts: counts), Does.EndWith(""","host":"app's","task":"t1","executor_host":"h"}"""));
        Assert.That(counts[LogCount.FieldConflicts], Is.EqualTo(1));
    }

    [TestCase("text")]
    [TestCase("""{"msg":"text"}""")]
    [TestCase("""{"messag\u0065":"text"}""")]
    [TestCase("msg=text a=b")]
    public void A_field_of_ours_never_takes_the_place_of_the_message(string line)
    {
        var output = new ByteBuffer();
        LogEvents.Encoder(LogFormat.Auto, null, null, "message", "@timestamp", "truncated").Write(output, Encoding.UTF8.GetBytes(line), LogEvents.Arrived, cut: true);

        Assert.That(LogEvents.NamesOf(output.Memory), Is.Unique.And.SupersetOf(new[] { "message", "executor_message", "executor_@timestamp", "truncated", "executor_truncated" }));
        Assert.That((string?)JsonNode.Parse(output.Written)!["message"], Is.EqualTo("text"));
    }

    [TestCase("""{"host":1,"executor_host":2}""", """{"host":1,"executor_host":2,"task":"t1"}""")]
    [TestCase("""{"a":1,"b":2,"\u0061":3}""", """{"\u0061":3,"b":2,"task":"t1","host":"h"}""")]
    [TestCase("""{"@timestamp":1,"_@timestamp":2}""", """{"__@timestamp":1,"_@timestamp":2,"task":"t1","host":"h"}""")]
    [TestCase("a=1 a=2", """{"a":"2","task":"t1","host":"h"}""")]
    public void No_name_is_there_twice(string line, string expected) =>
        Assert.That(LogEvents.Encode(line).Replace("\"@timestamp\":\"2026-11-27T05:15:13.250Z\",\"@version\":\"1\",", ""), Is.EqualTo(expected));

    [TestCase("""{"@timestamp":"today","time":"never","ts":1795756513}""")]
    [TestCase("""{"timestamp":"0000-00-00","@timestamp":"","time":"2026-11-27T05:15:13Z"}""")]
    public void A_time_that_cannot_be_read_does_not_hide_one_that_can(string line)
    {
        var json = JsonNode.Parse(LogEvents.Encode(line))!;

        Assert.That((string?)json["@timestamp"], Is.EqualTo("2026-11-27T05:15:13.000Z"));
        Assert.That(json["_@timestamp"], Is.Not.Null);
    }

    [Test]
    public void The_exact_name_wins_over_the_others_of_its_meaning() => Assert.That(
        LogEvents.Encode("""{"msg":"a","message":"b","time":1,"@timestamp":"2026-01-01T00:00:00Z"}"""),
        Is.EqualTo("""{"@timestamp":"2026-01-01T00:00:00.000Z","@version":"1","msg":"a","message":"b","time":1""" + Ours));

    [Test]
    public void A_time_that_cannot_be_read_is_kept_beside_the_arrival() => Assert.That(
        LogEvents.Encode("""{"@timestamp":"today"}"""),
        Is.EqualTo("""{"@timestamp":"2026-11-27T05:15:13.250Z","@version":"1","_@timestamp":"today" """.TrimEnd() + Ours));

    [Test]
    public void Ignored_keys_are_left_out() => Assert.That(
        LogEvents.Encode("""{"secret":1,"b":2}""", plan: LogEvents.Plan with { IgnoreKeys = ["secret"] }), Does.Not.Contain("secret").And.Contain("\"b\":2"));

    [Test]
    public void Colours_are_stripped_where_that_is_asked_for() => Assert.That(
        LogEvents.Encode("\x1b[1;31mred\x1b[0m \x1b]0;title\u0007end", plan: LogEvents.Plan with { StripAnsi = true }), Does.Contain("\"message\":\"red end\""));

    [Test]
    public void What_is_not_JSON_is_marked_as_the_reference_does() => Assert.That(
        LogEvents.Encode("oops", LogFormat.Logstash), Does.Contain(""" "message":"oops","level":"INFO","logger":"invalid-format" """.Trim()));

    [Test]
    public void Nothing_is_allocated_once_the_buffers_have_grown()
    {
        var line = Encoding.UTF8.GetBytes("""{"time":"2026-11-27T01:02:03.123Z","level":"info","logger":"a.b","msg":"some text of a line","user":"u1","took":12.5,"nested":{"x":[1,2,3]}}""");
        var encoder = LogEvents.Encoder(LogFormat.Json);
        var output = new ByteBuffer(1 << 16);
        Write(1000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Write(10_000);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Write(int times)
        {
            for (var i = 0; i < times; i++)
            {
                output.Clear();
                encoder.Write(output, line, LogEvents.Arrived + i, cut: false);
            }
        }
    }

    [TestCase("2026-11-27T05:15:13.123456+01:00 x", "2026-11-27T04:15:13.123456Z")]
    [TestCase("[2026-11-27 05:15:13,123] x", "2026-11-27T05:15:13.123Z")]
    [TestCase("2026/11/27 05:15:13 x", "2026-11-27T05:15:13.000Z")]
    [TestCase("1.2.3.4 - - [27/Nov/2026:05:15:13 -0130] \"GET /\"", "2026-11-27T06:45:13.000Z")]
    [TestCase("<13>Nov  3 05:15:13 host app: x", "2026-11-03T05:15:13.000Z")]
    [TestCase("I1126 05:15:13.000123 1 main.go:1] x", "2026-11-26T05:15:13.000123Z")]
    [TestCase("Jan 02 05:15:13 new year", "2027-01-02T05:15:13.000Z")]
    [TestCase("2026-11-27 05:15:13 +0100 x", "2026-11-27T04:15:13.000Z")]
    [TestCase("2026-11-27 05:15:13.5 PST x", "2026-11-27T13:15:13.500Z")]
    [TestCase("2026-11-27 05:15:13 INFO x", "2026-11-27T05:15:13.000Z")]
    [TestCase("2026-11-27 05:15:13 +12 x", "2026-11-27T05:15:13.000Z")]
    [TestCase("INFO  2026-11-27 05:15:13,123 [main] x", "2026-11-27T05:15:13.123Z")]
    [TestCase("[WARN] 2026-11-27 05:15:13,123 x", "2026-11-27T05:15:13.123Z")]
    [TestCase("<34>1 2026-11-27T05:15:13.003Z host app 1 - - x", "2026-11-27T05:15:13.003Z")]
    [TestCase("[Fri Nov 27 05:15:13.123456 2026] [core:error] x", "2026-11-27T05:15:13.123456Z")]
    [TestCase("Fri Nov  6 05:15:13 2026 x", "2026-11-06T05:15:13.000Z")]
    [TestCase("Fri, 27 Nov 2026 05:15:13 GMT x", "2026-11-27T05:15:13.000Z")]
    [TestCase("Nov 27, 2026 5:15:13 PM org.example.Main main", "2026-11-27T17:15:13.000Z")]
    [TestCase("Nov 6, 2026 12:15:13 AM org.example.Main main", "2026-11-06T00:15:13.000Z")]
    [TestCase("2026-13-27 05:15:13 no such month", "2026-11-27T05:15:13.250Z")]
    public void A_text_may_begin_with_its_time(string line, string expected) =>
        Assert.That((string?)JsonNode.Parse(LogEvents.Encode(line, LogFormat.Raw))!["@timestamp"], Is.EqualTo(expected));

    [TestCase("1795756513", "2026-11-27T05:15:13.000Z")]
    [TestCase("1795756513.5", "2026-11-27T05:15:13.500Z")]
    [TestCase("1795756513123", "2026-11-27T05:15:13.123Z")]
    [TestCase("\"1795756513123456789\"", "2026-11-27T05:15:13.123456789Z")]
    [TestCase("\"2026-11-27 05:15:13.1Z\"", "2026-11-27T05:15:13.100Z")]
    public void A_field_may_be_its_time(string value, string expected) =>
        Assert.That((string?)JsonNode.Parse(LogEvents.Encode($"{{\"ts\":{value}}}"))!["@timestamp"], Is.EqualTo(expected));
}
