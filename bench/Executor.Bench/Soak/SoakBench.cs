using System.Globalization;
using Executor.Core.Processes;

namespace Executor.Bench.Soak;

/// <summary>
/// Whether an executor stays as it is: the published one with a task that is checked every second, announced in Consul,
/// shipped and measured, while agent, Consul and receiver go and come back. A sample a minute.
/// </summary>
internal static class SoakBench
{
    private const double MostMemory = 1024; // KiB an hour
    private const double MostCount = 1; // an hour

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <returns>0 where all of it was flat and the task still ran.</returns>
    public static async Task<int> RunAsync(string folder, int minutes)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"soak: {minutes} minutes of the published executor, managed driver; {SoakRig.Outages}"));
        var launcher = new SupervisedProcessLauncher(Path.Combine(folder, "task-supervisor"), TimeProvider.System);
        await using var rig = new SoakRig(folder, launcher);
        await rig.StartAsync();
        var samples = new List<SoakSample>();
        Console.WriteLine("  minute  executor: KiB  descriptors  threads  supervisor: KiB  descriptors  threads  lines  agents");
        using var clock = new PeriodicTimer(Period, TimeProvider.System);
        for (var minute = 1; minute <= minutes; minute++)
        {
            await clock.WaitForNextTickAsync();
            if (rig.Ended is { } end)
            {
                Console.WriteLine($"  the task has ended: {end}");
                return 1;
            }

            samples.Add(rig.Sample());
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  {minute,6}  {samples[^1]}  {rig.Lines,5}  {rig.Restarts,6}"));
        }

        // By then the pools have what they need.
        return Judge(samples[(minutes / 4)..]) ? 0 : 1;
    }

    private static bool Judge(List<SoakSample> samples)
    {
        Console.WriteLine("  growth by a line fitted to the last three quarters, an hour:");
        var isFlat = true;
        Judge("executor, KiB", s => s.Executor.Memory, MostMemory);
        Judge("executor, descriptors", s => s.Executor.Descriptors, MostCount);
        Judge("executor, threads", s => s.Executor.Threads, MostCount);
        Judge("supervisor, KiB", s => s.Supervisor.Memory, MostMemory / 16);
        Judge("supervisor, descriptors", s => s.Supervisor.Descriptors, MostCount);
        Judge("supervisor, threads", s => s.Supervisor.Threads, MostCount);
        return isFlat;

        void Judge(string what, Func<SoakSample, long> figure, double most)
        {
            var slope = Slope([.. samples.Select(sample => (double)figure(sample))]) * (TimeSpan.FromHours(1) / Period);
            isFlat &= slope <= most;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {what}: {slope:+0.0;-0.0;0.0} (at most {most})"));
        }
    }

    /// <summary>Of the line with the least squares, a sample.</summary>
    private static double Slope(double[] values)
    {
        if (values.Length < 2) return 0;
        var (middle, mean) = ((values.Length - 1) / 2.0, values.Average());
        var spread = values.Select((_, i) => (i - middle) * (i - middle)).Sum();
        return values.Select((value, i) => (i - middle) * (value - mean)).Sum() / spread;
    }
}
