using Executor.Libprocess.Wire;
using Google.Protobuf;

namespace Executor.Libprocess.Tests.Wire;

/// <summary>The wire held against what a real agent and a real libmesos driver sent each other.</summary>
public sealed class CaptureTests
{
    private const int MaxBody = 1024 * 1024;

    private static IEnumerable<TestCaseData> Messages => Capture.All.Select(c => new TestCaseData(c).SetArgDisplayNames($"{c}"));

    private static IEnumerable<TestCaseData> Directions =>
        Capture.All.DistinctBy(c => (c.Conversation, c.FromAgent)).Select(c => new TestCaseData(c.Conversation, c.FromAgent));

    [Test]
    public void The_captures_are_there() => Assert.That(Capture.Conversations.Count(), Is.EqualTo(6));

    [TestCaseSource(nameof(Messages))]
    public void A_body_parses_and_serialises_back_to_the_same_bytes(object capture)
    {
        var captured = (Capture)capture;

        Assert.That(captured.Parse().ToByteArray(), Is.EqualTo(captured.Body));
    }

    [TestCaseSource(nameof(Messages))]
    public void The_writer_makes_the_bytes_that_libprocess_made(object capture)
    {
        var captured = (Capture)capture;

        var written = MessageWriter.Write(captured.From, captured.To, captured.Name, captured.Body);

        Assert.That(written, Is.EqualTo(captured.Raw));
    }

    [TestCaseSource(nameof(Messages))]
    public void The_reader_takes_a_message_cut_in_two_anywhere(object capture)
    {
        var captured = (Capture)capture;
        for (var cut = 0; cut <= captured.Raw.Length; cut++)
        {
            var read = new MessageReader(MaxBody).Feed(captured.Raw[..cut], captured.Raw[cut..]);

            AssertSame(read, [captured]);
        }
    }

    [TestCaseSource(nameof(Messages))]
    public void The_reader_takes_a_message_byte_by_byte(object capture)
    {
        var captured = (Capture)capture;

        AssertSame(new MessageReader(MaxBody).Feed(captured.Raw.Select(b => new[] { b })), [captured]);
    }

    [TestCaseSource(nameof(Directions))]
    public void The_reader_takes_a_whole_conversation_however_it_is_cut(string conversation, bool fromAgent)
    {
        List<Capture> captured = [.. Capture.Of(conversation).Where(c => c.FromAgent == fromAgent)];
        byte[] stream = [.. captured.SelectMany(c => c.Raw)];
        for (var seed = 0; seed < 200; seed++)
        {
            var longest = seed % 2 == 0 ? 40 : 2000;

            AssertSame(new MessageReader(MaxBody).Feed(ReaderInput.Cut(stream, seed, longest)), captured);
        }
    }

    private static void AssertSame(List<LibprocessMessage> read, List<Capture> captured)
    {
        Assert.That(read, Has.Count.EqualTo(captured.Count));
        foreach (var (message, expected) in read.Zip(captured))
        {
            // One assertion per message: this runs tens of thousands of times.
            if (message.To == expected.To.Id && message.Name == expected.Name && message.From == expected.From &&
                message.Body.Span.SequenceEqual(expected.Body))
            {
                continue;
            }

            Assert.Fail($"{message} is not {expected}");
        }
    }
}
