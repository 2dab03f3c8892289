using System.Text.Json;
using Executor.Core.Hooks;
using Executor.Core.Lifecycle;
using Executor.Fuzz.Tests.Engine;
using Mesos;
using Microsoft.Extensions.Time.Testing;

namespace Executor.Fuzz.Tests.Targets;

/// <summary>A framework's message always gets one JSON object in one line.</summary>
internal sealed class FrameworkMessageTarget : FuzzTarget
{
    private static readonly FakeTimeProvider Time = new();

    public override IEnumerable<byte[]> Seeds => [Bytes("status"), Bytes("destroy shop_cart.1"), Bytes("destroy a b"), Bytes(new string('é', 600))];

    public override IReadOnlyList<string> Words => ["status", "destroy ", "shop_cart.1"];

    public override void Check(ReadOnlyMemory<byte> input)
    {
        var answer = FrameworkMessages.Answer(input.Span, () => Snapshot(input), id => id.StartsWith('s'), Time).ToArray();
        using var json = JsonDocument.Parse(answer);
        AssertThat(json.RootElement.ValueKind == JsonValueKind.Object, "an answer is no JSON object");
        AssertThat(!answer.AsSpan().ContainsAny((byte)'\n', (byte)'\r'), "an answer is more than one line");
        foreach (var member in json.RootElement.EnumerateObject())
            if (member.Value.ValueKind == JsonValueKind.String) AssertOneLine(member.Value.GetString()!.Replace('\n', ' ').Replace('\r', ' '));
    }

    /// <summary>Names are of others, too.</summary>
    private static HostSnapshot Snapshot(ReadOnlyMemory<byte> input) => new()
    {
        Executor = new ExecutorIdentity(System.Text.Encoding.UTF8.GetString(input.Span), "marathon", "host"),
        ShuttingDown = false,
        Unacknowledged = 1,
        Tasks = [new TaskSnapshot("shop_cart.1", TaskState.TaskRunning, 42, 0)],
        Hooks = [],
    };
}
