using System.Text;
using Executor.Libprocess.Wire;
using static Executor.Libprocess.Tests.Wire.ReaderInput;

namespace Executor.Libprocess.Tests.Wire;

/// <summary>What the reader accepts beyond the shape that libprocess itself writes.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class MessageReaderTests
{
    private const string RequestLine = "POST /executor(1)/mesos.internal.Name HTTP/1.1\r\n";
    private const string From = "Libprocess-From: slave(1)@127.0.0.1:5051\r\n";
    private const string Chunked = "Transfer-Encoding: chunked\r\n\r\n";
    private readonly MessageReader _reader = new(1024);

    [Test]
    public void A_body_may_have_a_Content_Length() =>
        Assert.That(OneBody(RequestLine + From + "Content-Length: 5\r\n\r\nhello"), Is.EqualTo("hello"));

    [Test]
    public void A_body_may_come_in_several_chunks_of_hex_sizes_in_either_case() => Assert.That(
        OneBody(RequestLine + From + Chunked + "1\r\nh\r\nA\r\nello hello\r\n00c\r\n from chunks\r\n0\r\n\r\n"),
        Is.EqualTo("hello hello from chunks"));

    [Test]
    public void Chunk_extensions_are_skipped() => Assert.That(
        OneBody(RequestLine + From + Chunked + "5;a=b;c=\"d\"\r\nhello\r\n0 ;last\r\n\r\n"), Is.EqualTo("hello"));

    [Test]
    public void Trailers_are_skipped_and_the_next_message_follows()
    {
        var first = RequestLine + From + Chunked + "5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n";

        var read = _reader.Feed(Bytes(first + RequestLine + From + "\r\n"));

        Assert.That(read.Select(m => Text(m)), Is.EqualTo(["hello", ""]));
    }

    [Test]
    public void A_message_without_any_length_has_no_body() =>
        Assert.That(OneBody(RequestLine + From + "\r\n"), Is.Empty);

    [Test]
    public void The_case_of_header_names_and_space_around_their_values_do_not_matter()
    {
        var message = One(RequestLine + "LIBPROCESS-FROM:\t slave(1)@127.0.0.1:5051 \r\ncontent-length:2\r\n\r\nok");

        Assert.That(message.From.ToString(), Is.EqualTo("slave(1)@127.0.0.1:5051"));
        Assert.That(Text(message), Is.EqualTo("ok"));
    }

    [Test]
    public void Empty_lines_before_a_message_are_skipped() =>
        Assert.That(OneBody("\r\n\r\n" + RequestLine + From + "\r\n"), Is.Empty);

    [Test]
    public void The_sender_is_in_the_User_Agent_where_there_is_no_other_header()
    {
        var message = One(RequestLine + "User-Agent: libprocess/slave(1)@10.0.0.1:5051\r\n\r\n");

        Assert.That(message.From.ToString(), Is.EqualTo("slave(1)@10.0.0.1:5051"));
    }

    [Test]
    public void Libprocess_From_beats_the_User_Agent()
    {
        var message = One(RequestLine + "User-Agent: libprocess/a@10.0.0.1:1\r\n" + From + "\r\n");

        Assert.That(message.From.Id, Is.EqualTo("slave(1)"));
    }

    [TestCase("User-Agent: libprocess/slave(1)@127.0.0.1:5051\r\n", false)]
    [TestCase("User-Agent: Go-http-client/1.1\r\n", true)]
    [TestCase("", true)]
    public void Only_a_sender_whose_User_Agent_is_not_libprocess_expects_an_answer(string userAgent, bool expected)
    {
        Bytes(RequestLine + userAgent + From + "\r\n").CopyTo(_reader.GetMemory());
        _reader.Advance((RequestLine + userAgent + From + "\r\n").Length);

        Assert.That(_reader.TryRead(out _, out var expectsAnswer), Is.True);
        Assert.That(expectsAnswer, Is.EqualTo(expected));
    }

    [Test]
    public void Percent_encoding_in_the_path_is_undone()
    {
        var message = One("POST /executor%281%29/mesos%2einternal.Name HTTP/1.0\r\n" + From + "\r\n");

        Assert.That((message.To, message.Name), Is.EqualTo(("executor(1)", "mesos.internal.Name")));
    }

    [Test]
    public void The_message_is_the_last_part_of_the_path_and_the_actor_all_before_it() =>
        Assert.That(One("POST /a/b/c HTTP/1.1\r\n" + From + "\r\n").To, Is.EqualTo("a/b"));

    [Test]
    public void A_body_of_exactly_the_limit_is_taken()
    {
        var body = new string('x', 1024);

        Assert.That(OneBody(RequestLine + From + "Content-Length: 1024\r\n\r\n" + body), Is.EqualTo(body));
        Assert.That(OneBody(RequestLine + From + Chunked + "200\r\n" + body[..512] + "\r\n200\r\n" + body[512..] + "\r\n0\r\n\r\n"),
            Is.EqualTo(body));
    }

    [Test]
    public void A_body_larger_than_the_buffer_and_than_what_is_reserved_at_once_is_whole()
    {
        var body = new byte[1_000_000];
        new Random(1).NextBytes(body);
        byte[] head = Bytes(RequestLine + From + "Content-Length: 1000000\r\n\r\n");

        var read = new MessageReader(1_000_000).Feed(Cut([.. head, .. body], seed: 1, longest: 9000));

        Assert.That(read.Single().Body.Span.SequenceEqual(body), Is.True);
    }

    [Test]
    public void Messages_own_their_bodies()
    {
        var one = Bytes(RequestLine + From + "Content-Length: 3\r\n\r\none");
        var two = Bytes(RequestLine + From + "Content-Length: 3\r\n\r\ntwo");

        Assert.That(_reader.Feed(one, two).Select(Text), Is.EqualTo(["one", "two"]));
    }

    /// <summary>A peer that sends the smallest chunks must not make us copy the whole body for each.</summary>
    [Test]
    public void A_body_in_chunks_of_one_byte_costs_memory_in_proportion_to_its_size()
    {
        const int size = 200_000;
        var chunks = string.Concat(Enumerable.Repeat("1\r\nx\r\n", size));
        var stream = Bytes(RequestLine + From + Chunked + chunks + "0\r\n\r\n");
        var before = GC.GetAllocatedBytesForCurrentThread();

        var read = new MessageReader(16 * 1024 * 1024).Feed(stream);

        Assert.That(read.Single().Body.Length, Is.EqualTo(size));
        // The digits of chunk sizes may cost a little each; copies of the body would cost gigabytes.
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(50 * size));
    }

    private string OneBody(string text) => Text(One(text));

    private LibprocessMessage One(string text) => _reader.Feed(Bytes(text)).Single();

    private static string Text(LibprocessMessage message) => Encoding.Latin1.GetString(message.Body.Span);
}
