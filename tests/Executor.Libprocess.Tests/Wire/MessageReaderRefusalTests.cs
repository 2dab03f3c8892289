using Executor.Libprocess.Wire;
using static Executor.Libprocess.Tests.Wire.ReaderInput;

namespace Executor.Libprocess.Tests.Wire;

/// <summary>What the reader refuses: bytes of unknown origin are only ever refused, never fatal and never costly.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class MessageReaderRefusalTests
{
    private const string RequestLine = "POST /executor(1)/mesos.internal.Name HTTP/1.1\r\n";
    private const string From = "Libprocess-From: slave(1)@127.0.0.1:5051\r\n";
    private const string Chunked = RequestLine + From + "Transfer-Encoding: chunked\r\n\r\n";
    private readonly MessageReader _reader = new(1024);

    [TestCase("GET /executor(1)/x HTTP/1.1\r\n", "method")]
    [TestCase("post /executor(1)/x HTTP/1.1\r\n", "method")]
    [TestCase("POST /executor(1)/x HTTP/2\r\n", "head")]
    [TestCase("POST /executor(1)/x\r\n", "head")]
    [TestCase("POST\r\n", "head")]
    [TestCase(" / HTTP/1.1\r\n", "head")]
    [TestCase("POST executor(1)/x HTTP/1.1\r\n", "head")]
    [TestCase("POST /x HTTP/1.1\r\n", "head")]
    [TestCase("POST //x HTTP/1.1\r\n", "head")]
    [TestCase("POST /executor(1)/ HTTP/1.1\r\n", "head")]
    [TestCase("POST  HTTP/1.1\r\n", "head")]
    [TestCase("POST /a b/x HTTP/1.1\r\n", "head")]
    [TestCase("POST /a%0d%0ab/x HTTP/1.1\r\n", "head")]
    [TestCase("POST /a/\tx HTTP/1.1\r\n", "head")]
    [TestCase("POST /a/%e2%80%a8 HTTP/1.1\r\n", "head")]
    public void A_request_line_that_is_no_message_is_refused(string line, string kind) =>
        AssertRefused(line, kind);

    [TestCase("no colon\r\n")]
    [TestCase(": no name\r\n")]
    [TestCase("Name : space before the colon\r\n")]
    [TestCase(" Folded: line\r\n")]
    [TestCase("Content-Length: \r\n")]
    [TestCase("Content-Length: -1\r\n")]
    [TestCase("Content-Length: +1\r\n")]
    [TestCase("Content-Length: 1, 1\r\n")]
    [TestCase("Content-Length: 0x10\r\n")]
    [TestCase("Content-Length: 99999999999999999999\r\n")]
    [TestCase("Content-Length: 1\r\nContent-Length: 2\r\n")]
    [TestCase("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n")]
    [TestCase("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n")]
    public void A_malformed_header_is_refused(string header) => AssertRefused(RequestLine + header, "head");

    [TestCase("gzip")]
    [TestCase("gzip, chunked")]
    public void Another_transfer_encoding_is_refused(string encoding) =>
        AssertRefused(RequestLine + $"Transfer-Encoding: {encoding}\r\n", "encoding");

    [TestCase("POST /executor(1)/x HTTP/1.1\n")]
    [TestCase("\n")]
    [TestCase(RequestLine + "Libprocess-From: slave(1)@127.0.0.1:5051\n")]
    [TestCase(RequestLine + From + "\n")]
    [TestCase(Chunked + "5\nhello\r\n0\r\n\r\n")]
    public void A_bare_LF_is_refused(string text) => AssertRefused(text, "head");

    [TestCase("")]
    [TestCase("Libprocess-From: slave(1)\r\n")]
    [TestCase("User-Agent: libprocess/\r\n")]
    [TestCase("User-Agent: curl/8.0\r\n")]
    public void A_message_of_nobody_is_refused(string headers) => AssertRefused(RequestLine + headers + "\r\n", "sender");

    [TestCase("\r\n")]
    [TestCase(";ext\r\n")]
    [TestCase("-1\r\n")]
    [TestCase("0x5\r\n")]
    [TestCase("g\r\n")]
    [TestCase(" 5\r\n")]
    [TestCase("5 5\r\n")]
    [TestCase("3\r\nhello\r\n")]
    public void A_chunk_whose_size_is_wrong_or_no_number_is_refused(string chunk) => AssertRefused(Chunked + chunk, "chunk");

    [TestCase("401\r\n")]
    [TestCase("7fffffff\r\n")]
    [TestCase("80000000\r\n")]
    [TestCase("ffffffff\r\n")]
    [TestCase("100000000\r\n")]
    [TestCase("ffffffffffffffffffffffffffffffffffff\r\n")]
    [TestCase("1\r\nx\r\n400\r\n")]
    [TestCase("1\r\nx\r\n7fffffff\r\n")]
    public void A_chunk_over_the_limit_is_refused_when_it_is_announced(string chunk) => AssertRefused(Chunked + chunk, "size");

    [TestCase("1025")]
    [TestCase("2147483648")]
    [TestCase("9223372036854775807")]
    public void A_body_over_the_limit_is_refused_when_it_is_announced(string length) =>
        AssertRefused(RequestLine + From + $"Content-Length: {length}\r\n\r\n", "size");

    [Test]
    public void A_head_of_exactly_64_KiB_is_taken_and_one_byte_more_is_not()
    {
        var filled = RequestLine + From + "X: \r\n\r\n";
        var largest = filled.Replace("X: ", "X: " + new string('y', (64 * 1024) - filled.Length), StringComparison.Ordinal);

        Assert.That(_reader.Feed(Bytes(largest)), Has.Count.EqualTo(1));
        AssertRefused(largest.Replace("X:", "XX:", StringComparison.Ordinal), "size");
    }

    [TestCase("POST /")]
    [TestCase(RequestLine + "X: ")]
    [TestCase(Chunked + "1;")]
    [TestCase(Chunked + "0\r\nX: ")]
    public void A_line_that_never_ends_is_refused(string start) => AssertRefused(start + new string('y', 65 * 1024), "size");

    [TestCase(RequestLine)]
    [TestCase(Chunked + "0\r\n")]
    public void Headers_and_trailers_that_never_end_are_refused(string start) =>
        AssertRefused(start + string.Concat(Enumerable.Repeat("X: y\r\n", 11_000)), "size");

    [Test]
    public void An_announced_body_costs_nothing_before_it_comes()
    {
        var reader = new MessageReader(16 * 1024 * 1024);
        var head = Bytes(RequestLine + From + "Content-Length: 16777216\r\n\r\nx");
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.That(reader.Feed(head), Is.Empty);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(256 * 1024));
    }

    [Test]
    public void Random_bytes_are_only_ever_refused()
    {
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var bytes = new byte[random.Next(1, 3000)];
            random.NextBytes(bytes);

            ReadOrRefuse(bytes, seed);
        }
    }

    [Test]
    public void Captured_messages_with_random_damage_are_only_ever_refused_or_read()
    {
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var bytes = Capture.All[random.Next(Capture.All.Count)].Raw.ToArray();
            for (var damage = random.Next(1, 5); damage > 0; damage--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);

            ReadOrRefuse([.. bytes, .. bytes], seed);
        }
    }

    private static void ReadOrRefuse(byte[] bytes, int seed)
    {
        try
        {
            new MessageReader(1024).Feed(Cut(bytes, seed, longest: 500));
        }
        catch (RefusedException)
        {
            // The only exception that closes one connection instead of the process.
        }
    }

    private void AssertRefused(string text, string kind) => Assert.That(
        () => _reader.Feed(Bytes(text)), Throws.TypeOf<RefusedException>().With.Property("Kind").EqualTo(kind));
}
