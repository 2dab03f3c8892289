using Executor.Fuzz.Tests.Engine;
using Executor.Libprocess.Tests;
using Executor.Libprocess.Tests.Wire;
using Executor.Libprocess.Wire;

namespace Executor.Fuzz.Tests.Targets;

/// <summary>The bytes of a connection: the same messages however TCP cuts them, and what was read can be written.</summary>
internal sealed class FramingTarget : FuzzTarget
{
    private const int LongestBody = 1 << 20;

    private static readonly string[] Kinds = ["method", "head", "encoding", "sender", "chunk", "size"];

    public override IEnumerable<byte[]> Seeds => Capture.All.Select(capture => capture.Raw)
        .Append(Bytes("POST /a%2841%29/b/c HTTP/1.0\r\ncontent-length:\t5 \r\nUser-Agent: x\r\nLibprocess-From: a@[::1]:1\r\n\r\nhello"))
        .Append(Bytes("\r\nPOST /a/b HTTP/1.1\r\nUser-Agent: libprocess/a@1.2.3.4:5\r\nTransfer-Encoding: Chunked\r\n\r\n5 ;x=\"y\"\r\nhello\r\n00\r\nX: y\r\n\r\nPOST"));

    public override IReadOnlyList<string> Words =>
    [
        "POST /", " HTTP/1.1\r\n", "Libprocess-From: ", "User-Agent: libprocess/", "Content-Length: ", "Transfer-Encoding: chunked\r\n", "\r\n\r\n",
        "slave(1)@127.0.0.1:5051", "a@[::1]:1", "@", "0\r\n\r\n", "ffffffff\r\n", "1\r\nx\r\n", "%0a", "%c3%28", "X: y\r\n",
    ];

    public override void Check(ReadOnlyMemory<byte> input)
    {
        var whole = Read(input.Span, input.Length);
        AssertThat(whole.SequenceEqual(Read(input.Span, 1)), "bytes that come one by one are other messages");
        AssertThat(whole.SequenceEqual(Read(input.Span, 7)), "bytes that come in pieces are other messages");
    }

    /// <returns>The messages as text, and at the end the refusal or what the reader waits for.</returns>
    private static List<string> Read(ReadOnlySpan<byte> bytes, int pieces)
    {
        var reader = new MessageReader(LongestBody);
        var read = new List<string>();
        try
        {
            while (!bytes.IsEmpty)
            {
                var room = reader.GetMemory().Span;
                var count = Math.Min(Math.Min(room.Length, bytes.Length), Math.Max(pieces, 1));
                bytes[..count].CopyTo(room);
                bytes = bytes[count..];
                reader.Advance(count);
                while (reader.TryRead(out var message, out var expectsAnswer))
                {
                    read.Add($"{message.From} {message.To} {message.Name} {Convert.ToHexString(message.Body.Span)} {expectsAnswer}");
                    AssertWritable(message);
                }
            }

            read.Add(reader.InsideMessage ? "more" : "end");
        }
        catch (RefusedException e)
        {
            AssertOneLine(e.Message);
            AssertThat(Kinds.Contains(e.Kind), $"refused as \"{e.Kind}\", which is no kind to count by");
            read.Add(e.Kind);
        }

        return read;
    }

    /// <summary>What a path can hold as it is comes back as it was.</summary>
    private static void AssertWritable(LibprocessMessage message)
    {
        if (message.To.Contains('%', StringComparison.Ordinal) || message.Name.AsSpan().ContainsAny('%', '/')) return;
        var frame = MessageWriter.Write(message.From, message.From with { Id = message.To }, message.Name, message.Body.Span);
        AssertThat(
            new MessageReader(LongestBody).Feed(frame) is [var again]
            && again.To == message.To && again.Name == message.Name && again.From == message.From && again.Body.Span.SequenceEqual(message.Body.Span),
            $"what was written of {message} is read otherwise");
    }
}
