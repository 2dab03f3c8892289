using Executor.Core.Logs;
using Executor.Core.Logs.Shipping;
using Executor.Fuzz.Tests.Engine;

namespace Executor.Fuzz.Tests.Targets;

/// <summary>What a receiver of logs acknowledges: the whole batch in the end, or the connection is given up and the rest is still there.</summary>
internal sealed class LumberjackTarget : FuzzTarget
{
    private const int Events = 5;

    public override IEnumerable<byte[]> Seeds => [Acknowledge(2, 2, 1), Acknowledge(0, 1, 1, 2, 2, 0, 1), Acknowledge(1, 2, 3), "2A"u8.ToArray(), "1A\0\0\0\x01"u8.ToArray()];

    public override void Check(ReadOnlyMemory<byte> input)
    {
        var batch = new Batch();
        for (var i = 0; i < Events; i++)
        {
            batch.Bytes.Add("{}"u8);
            batch.EndEvent();
        }

        var counts = new LogCounts();
        using var stream = new Answers(input.ToArray());
        try
        {
            new LumberjackConnection(null!, stream, window: 2, compression: 0, counts).Send(batch);
            AssertThat(batch.Count == 0, "the batch was not sent whole");
        }
        catch (IOException e)
        {
            AssertOneLine(e.Message);
        }

        AssertThat(batch.Count + counts[LogCount.Shipped] == Events, $"{batch.Count} events are left and {counts[LogCount.Shipped]} shipped of {Events}");
    }

    private static byte[] Acknowledge(params byte[] numbers) => [.. numbers.SelectMany(number => (byte[])[(byte)'2', (byte)'A', 0, 0, 0, number])];

    /// <summary>Takes whatever is written.</summary>
    private sealed class Answers(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public override bool CanWrite => true;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            // The receiver's affair.
        }
    }
}
