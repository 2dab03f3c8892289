using System.Collections.Concurrent;
using System.Globalization;
using Executor.Core.Ports;
using Executor.Libprocess;
using Mesos;

namespace Executor.Bench.Rolling;

/// <summary>Instances that the published executor runs under a local agent: it switches HAProxy itself.</summary>
internal sealed class ExecutorFleet : IFleet
{
    private readonly Balancer _balancer;
    private readonly string _folder;
    private readonly IReadOnlyDictionary<string, string> _labels;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Mesos.TaskStatus>> _ends = new();
    private readonly BenchAgent _host;

    /// <param name="folder">Of the published programs.</param>
    /// <param name="labels">Of every task, besides <c>haproxy</c>.</param>
    public ExecutorFleet(Balancer balancer, IProcessLauncher launcher, string folder, IReadOnlyDictionary<string, string> labels)
    {
        (_balancer, _folder, _labels) = (balancer, folder, labels);
        _host = new BenchAgent(
            new LocalAgentOptions
            {
                WorkDirectory = Directory.CreateTempSubdirectory("executor-rolling-").FullName,
                ExecutorEnvironment = new Dictionary<string, string>
                {
                    ["EXECUTOR_DRIVER"] = "managed",
                    ["EXECUTOR_HAPROXY"] = balancer.Address,
                },
            },
            launcher, Take);
    }

    public async Task<int> StartAsync(CancellationToken cancellationToken)
    {
        var port = Balancer.FreePort().Port;
        var ended = new TaskCompletionSource<Mesos.TaskStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ends[Id(port)] = ended;
        _host.Agent.LaunchTask(TaskFor(port));
        var serves = _balancer.ServesAsync(port, cancellationToken);
        if (await Task.WhenAny(serves, ended.Task) == ended.Task) throw new InvalidOperationException((await ended.Task).ToString());
        await serves;
        return port;
    }

    public async Task StopAsync(int port, CancellationToken cancellationToken)
    {
        _host.Agent.KillTask(Id(port));
        var status = await _ends[Id(port)].Task.WaitAsync(cancellationToken);
        if (status.State != TaskState.TaskKilled) throw new InvalidOperationException(status.ToString());
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private void Take(AgentEvent happened)
    {
        if (happened is AgentEvent.TaskUpdated { Status: var status } && IsEnd(status.State))
            _ends[status.TaskId.Value].TrySetResult(status);
    }

    private static bool IsEnd(TaskState state) =>
        state is not (TaskState.TaskStaging or TaskState.TaskStarting or TaskState.TaskRunning or TaskState.TaskKilling);

    private static string Id(int port) => string.Create(CultureInfo.InvariantCulture, $"web.{port}");

    private TaskInfo TaskFor(int port)
    {
        var task = Service.Task(Id(port), _folder, $"exec '{Service.Program(_folder)}'", port, _labels.Append(new("haproxy", "web/slot-")));
        task.KillPolicy = new KillPolicy { GracePeriod = new DurationInfo { Nanoseconds = 5_000_000_000 } };
        return task;
    }
}
