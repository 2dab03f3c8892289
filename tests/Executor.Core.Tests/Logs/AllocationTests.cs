using Executor.Core.Logs;
using Executor.Core.Logs.Shipping;

namespace Executor.Core.Tests.Logs;

public sealed class AllocationTests
{
    private const int Lines = 20_000;

    [TestCase(LogFormat.Json, """{"time":"2026-11-27T05:15:13.250Z","level":"info","msg":"é \"quoted\"","n":12.5,"o":{"a":[1]}}""")]
    [TestCase(LogFormat.Logfmt, """time=2026-11-27T05:15:13.250Z level=info msg="it is \"quoted\"" n=12.5""")]
    [TestCase(LogFormat.Raw, "2026-11-27 05:15:13,250 INFO just a text")]
    public void A_line_allocates_nothing_once_the_memory_is_there(LogFormat format, string line)
    {
        var text = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(line + "\n", 100)));
        var counts = new LogCounts();
        var stream = new ShippedStream(LogEvents.Plan, LogEvents.Encoder(format, counts: counts), new RateLimit(0), counts, LogEvents.Log);
        var batch = new Batch();
        Ship(1000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Ship(Lines);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(counts[LogCount.LinesRead], Is.EqualTo(Lines + 1000));

        void Ship(int lines)
        {
            for (var i = 0; i < lines; i += 100)
            {
                ReadOnlySpan<byte> rest = text;
                while (stream.TryAdd(ref rest, LogEvents.Arrived, batch))
                {
                }

                batch.Clear();
            }
        }
    }
}
