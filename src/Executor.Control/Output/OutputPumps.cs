using Executor.Control.Reporting;
using Executor.Control.Run;
using Executor.Libprocess;
using Microsoft.Win32.SafeHandles;

namespace Executor.Control.Output;

/// <summary>
/// The output of all executors of a run: <c>stdout</c> and <c>stderr</c> in their sandboxes, and the same lines shown.
/// </summary>
internal sealed class OutputPumps(IReadOnlyList<Instance> instances, RunReport report)
{
    private readonly Lock _gate = new();
    private readonly List<OutputPump> _pumps = [];

    /// <summary>Opens the pipes of an executor about to start. The caller owns the writing ends.</summary>
    public ExecutorOutput Open(string executorId)
    {
        var instance = instances.Single(known => known.ExecutorId == executorId);
        return new ExecutorOutput(Open(instance, "stdout"), Open(instance, "stderr"));
    }

    /// <summary>Completes when all output is written and shown.</summary>
    public Task DrainAsync()
    {
        lock (_gate) return Task.WhenAll(_pumps.Select(pump => pump.Completion));
    }

    private SafeFileHandle Open(Instance instance, string stream)
    {
        var pump = OutputPump.Start(
            Path.Combine(instance.Sandbox, stream), line => report.Output(instance, stream, line), out var writer);
        lock (_gate) _pumps.Add(pump);
        return writer;
    }
}
