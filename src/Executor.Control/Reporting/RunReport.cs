using Executor.Control.Run;

namespace Executor.Control.Reporting;

/// <summary>Stamps events with the time since the run began and with whose they are.</summary>
internal sealed class RunReport(IReporter reporter, TimeProvider time)
{
    private readonly long _began = time.GetTimestamp();
    private int _lost;

    /// <summary>Nobody can read any more what happens; raised once, on the thread that found it.</summary>
    public event Action? OutputLost;

    /// <summary>An event of the whole run.</summary>
    public void Add(RunEvent happened)
    {
        if (Volatile.Read(ref _lost) != 0) return;
        try
        {
            reporter.Report(happened with { Elapsed = time.GetElapsedTime(_began) });
        }
        catch (IOException)
        {
            if (Interlocked.Exchange(ref _lost, 1) == 0) OutputLost?.Invoke();
        }
    }

    public void Add(Instance instance, RunEvent happened) =>
        Add(happened with { Task = instance.TaskId, Instance = instance.Name });

    public void Launch(Instance instance) =>
        Add(instance, new RunEvent("launch") { Ports = instance.Ports, Sandbox = instance.Sandbox });

    /// <param name="stream"><c>stdout</c> or <c>stderr</c>.</param>
    public void Output(Instance instance, string stream, string line) =>
        Add(instance, new RunEvent("output") { Stream = stream, Line = line });
}
