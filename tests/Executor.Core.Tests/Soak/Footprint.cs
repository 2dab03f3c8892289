namespace Executor.Core.Tests.Soak;

/// <summary>What this process has at one moment.</summary>
/// <param name="Memory">Managed, in bytes, of what is still used.</param>
internal sealed record Footprint(long Memory, int Timers, int Threads, int Descriptors)
{
    public static Footprint Take(CountedTime time)
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return new Footprint(
            GC.GetTotalMemory(forceFullCollection: true), time.Timers,
            Directory.GetDirectories("/proc/self/task").Length, Directory.GetFiles("/proc/self/fd").Length);
    }
}
