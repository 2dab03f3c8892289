using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Executor.Core.Hooks;
using Executor.Core.Processes;
using Executor.Core.Telemetry;

namespace Executor.Core.Metrics;

/// <summary>What the executor, its tasks and their container use. Tasks are looked at only when asked to.</summary>
internal sealed class TaskUsages : IDisposable
{
    private readonly Meter _meter = new(Instruments.Meter.Name);
    private readonly ConcurrentDictionary<string, int> _supervisors = new(StringComparer.Ordinal);
    private IReadOnlyList<(string Task, TreeUsage Usage)> _last = [];

    public TaskUsages()
    {
        var container = ContainerUsage.OfThisProcess();
        _meter.CreateObservableCounter("process.cpu.time", () => Environment.CpuUsage.TotalTime.TotalSeconds, Instruments.Seconds, "Processor time of the executor");
        _meter.CreateObservableGauge("process.memory", () => Environment.WorkingSet, Instruments.Bytes, "Resident memory of the executor");
        _meter.CreateObservableCounter("container.cpu.time", () => Known(container.Cpu), Instruments.Seconds, "Processor time of the executor's control group, its tasks included");
        _meter.CreateObservableGauge("container.memory", () => Known(container.Memory), Instruments.Bytes, "Memory of the executor's control group, its tasks included");
        _meter.CreateObservableCounter("task.cpu.time", () => Each(usage => usage.Cpu.TotalSeconds), Instruments.Seconds, "Processor time of the task's processes");
        _meter.CreateObservableGauge("task.memory", () => Each(usage => usage.Memory), Instruments.Bytes, "Resident memory of the task's processes, what they share counted for each");
        _meter.CreateObservableGauge("task.threads", () => Each(usage => usage.Threads), null, "Threads of the task's processes");
        _meter.CreateObservableGauge("task.descriptors", () => Each(usage => usage.Descriptors), null, "Open descriptors of the task's processes");
    }

    /// <summary>Looks at the tasks; the instruments tell this until the next time.</summary>
    public void Refresh() => _last = [.. _supervisors.Select(task => (task.Key, TaskTree.Read(task.Value)))];

    public TaskHook Hook(HookedTask task) => new UsageHook(this, task.Id);

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<double>> Known(double? value) => value is { } known ? [new Measurement<double>(known)] : [];

    private IEnumerable<Measurement<double>> Each(Func<TreeUsage, double> value) =>
        _last.Select(task => new Measurement<double>(value(task.Usage), Instruments.Task(task.Task)));

    private sealed class UsageHook(TaskUsages usages, string taskId) : TaskHook
    {
        public override string Name => "usage";

        public override Task AfterStartAsync(StartedTask started, CancellationToken cancellationToken)
        {
            if (ProcessStat.Read(started.Pid) is { } leader) usages._supervisors[taskId] = leader.Parent;
            return Nothing;
        }

        public override ValueTask DisposeAsync()
        {
            usages._supervisors.TryRemove(taskId, out _);
            return base.DisposeAsync();
        }
    }
}
