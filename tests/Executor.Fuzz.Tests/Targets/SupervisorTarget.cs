using Executor.Core.Processes;
using Executor.Fuzz.Tests.Engine;

namespace Executor.Fuzz.Tests.Targets;

/// <summary>What a task-supervisor reports: the same reports however the socket cuts them, until what it cannot say.</summary>
internal sealed class SupervisorTarget : FuzzTarget
{
    public override IEnumerable<byte[]> Seeds =>
    [
        [4, 0, 0, 0, 129, 42, 0, 0, 0, 4, 0, 0, 0, 131, 0, 1, 0, 0, 24, 0, 0, 0, 132, .. new byte[24]],
        [12, 0, 0, 0, 130, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0],
        [24, 0, 0, 0, 132, .. Enumerable.Repeat((byte)0xff, 24)],
        [24, 0, 0, 0, 132, .. Enumerable.Repeat((byte)0x7f, 24)],
    ];

    public override void Check(ReadOnlyMemory<byte> input)
    {
        var whole = Read(input.Span, input.Length);
        var cut = Read(input.Span, 1);
        // Of what is wrong the one who sees more of it may see it earlier.
        AssertThat(whole.Take(cut.Count).SequenceEqual(cut), "bytes that come one by one are other reports");
    }

    private static List<string> Read(ReadOnlySpan<byte> bytes, int pieces)
    {
        var reports = new List<string>();
        try
        {
            for (var (from, to) = (0, 0); to < bytes.Length;)
            {
                to = Math.Min(to + Math.Max(pieces, 1), bytes.Length);
                while (SupervisorFrames.Decode(bytes[from..to], out var length) is { } report)
                {
                    reports.Add($"{report}");
                    from += length;
                }

                AssertThat(to - from < SupervisorFrames.MaxReport, "a report is longer than the longest");
            }
        }
        catch (InvalidDataException e)
        {
            AssertOneLine(e.Message);
            reports.Add(e.Message);
        }

        return reports;
    }
}
