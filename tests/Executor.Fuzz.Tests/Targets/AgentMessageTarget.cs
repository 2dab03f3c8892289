using System.Text;
using Executor.Fuzz.Tests.Engine;
using Executor.Libprocess;
using Executor.Libprocess.Tests;
using Executor.Libprocess.Wire;
using Google.Protobuf;

namespace Executor.Fuzz.Tests.Targets;

/// <summary>The messages of an agent: the first line is the message's name, the rest its body.</summary>
internal sealed class AgentMessageTarget : FuzzTarget
{
    private static readonly Core.Ports.Upid Agent = Capture.All[0].From;

    public override IEnumerable<byte[]> Seeds =>
        Capture.All.Where(capture => capture.FromAgent).Select(capture => (byte[])[.. Bytes($"{capture.Name}\n"), .. capture.Body]);

    public override IReadOnlyList<string> Words => [.. Capture.All.Select(capture => $"{capture.Name}\n").Distinct()];

    public override void Check(ReadOnlyMemory<byte> input)
    {
        var end = input.Span.IndexOf((byte)'\n');
        var name = Encoding.UTF8.GetString(input.Span[..Math.Max(end, 0)]);
        if (name.Length == 0 || name.Any(letter => letter <= ' ' || char.IsControl(letter))) return; // no path holds it
        var received = new LibprocessMessage("executor(1)", name, Agent, input[(end + 1)..]);
        if (!AgentMessages.TryRead(received, out var message, out var refusal))
        {
            AssertOneLine(refusal.Kind);
            AssertOneLine(refusal.Detail);
            return;
        }

        var again = new LibprocessMessage(received.To, received.Name, Agent, message.ToByteArray());
        AssertThat(AgentMessages.TryRead(again, out var same, out _) && same.Equals(message), "what was read and written is read as something else");
    }
}
