using System.Globalization;

namespace Executor.Bench.Soak;

/// <summary>One look at the executor and at its task's supervisor.</summary>
internal sealed record SoakSample(SoakSample.Process Executor, SoakSample.Process Supervisor)
{
    /// <param name="Memory">
    /// Resident, in KiB, and no file's: how much of a program's own pages counts in proportion depends on who else runs it.
    /// </param>
    public sealed record Process(long Memory, long Descriptors, long Threads)
    {
        public static Process Of(int pid) => new(
            ProcFigures.Anonymous(pid), Directory.GetFiles($"/proc/{pid}/fd").Length, Directory.GetDirectories($"/proc/{pid}/task").Length);
    }

    /// <summary>A row of the table.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Executor.Memory,13}  {Executor.Descriptors,11}  {Executor.Threads,7}  {Supervisor.Memory,15}  {Supervisor.Descriptors,11}  {Supervisor.Threads,7}");
}
