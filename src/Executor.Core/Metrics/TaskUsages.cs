using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Executor.Core.Hooks;
using Executor.Core.Ports;
using Executor.Core.Processes;
using Executor.Core.Telemetry;

namespace Executor.Core.Metrics;

/// <summary>What the executor, its tasks and their container use. Tasks are looked at only when asked to.</summary>
internal sealed class TaskUsages : IDisposable
{
    /// <summary>Tasks that are over are told on, so that they are in the last sending, too; of very many the last ones.</summary>
    private const int MostOver = 100;

    private readonly Meter _meter = new(Instruments.Meter.Name);
    private readonly ConcurrentDictionary<string, TaskUsage> _tasks = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _over = new();

    public TaskUsages()
    {
        var container = ContainerUsage.OfThisProcess();
        _meter.CreateObservableCounter("process.cpu.time", () => Environment.CpuUsage.TotalTime.TotalSeconds, Instruments.Seconds, "Processor time of the executor");
        _meter.CreateObservableGauge("process.memory", () => Environment.WorkingSet, Instruments.Bytes, "Resident memory of the executor");
        _meter.CreateObservableCounter("container.cpu.time", () => Known(container.Cpu), Instruments.Seconds, "Processor time of the executor's control group, its tasks included");
        _meter.CreateObservableGauge("container.memory", () => Known(container.Memory), Instruments.Bytes, "Memory of the executor's control group, its tasks included");
        _meter.CreateObservableCounter("task.cpu.time", () => Each(task => task.Cpu.TotalSeconds), Instruments.Seconds, "Processor time of the task's processes");
        _meter.CreateObservableGauge("task.memory", () => Each(task => task.Now?.Memory), Instruments.Bytes, "Resident memory of the task's processes, what they share counted for each");
        _meter.CreateObservableGauge("task.memory.peak", () => Each(task => task.Peak), Instruments.Bytes, "The greatest resident memory of any of the task's processes, told at its end");
        _meter.CreateObservableGauge("task.threads", () => Each(task => task.Now?.Threads), null, "Threads of the task's processes");
        _meter.CreateObservableGauge("task.descriptors", () => Each(task => task.Now?.Descriptors), null, "Open descriptors of the task's processes");
    }

    /// <summary>Looks at the tasks; the instruments tell this until the next time.</summary>
    public void Refresh()
    {
        foreach (var task in _tasks.Values) task.Look();
        while (_over.Count > MostOver && _over.TryDequeue(out var oldest)) _tasks.TryRemove(oldest, out _);
    }

    public TaskHook Hook(HookedTask task) => new UsageHook(this, task.Id);

    public void Dispose() => _meter.Dispose();

    private void End(string taskId, TaskUsage usage, ResourceUsage? used)
    {
        usage.End(used);
        _over.Enqueue(taskId);
    }

    private static IEnumerable<Measurement<double>> Known(double? value) => value is { } known ? [new Measurement<double>(known)] : [];

    private IEnumerable<Measurement<double>> Each(Func<TaskUsage, double?> value) =>
        from task in _tasks
        let known = value(task.Value)
        where known is not null
        select new Measurement<double>(known.Value, Instruments.Task(task.Key));

    private sealed class UsageHook(TaskUsages usages, string taskId) : TaskHook
    {
        public override string Name => "usage";

        public override Task AfterStartAsync(StartedTask started, CancellationToken cancellationToken)
        {
            var usage = usages._tasks[taskId] = new TaskUsage(ProcessStat.Read(started.Pid)?.Parent);
            _ = started.TreeEmpty.ContinueWith(
                empty => usages.End(taskId, usage, empty.IsCompletedSuccessfully ? empty.Result : null),
                CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return Nothing;
        }
    }
}
