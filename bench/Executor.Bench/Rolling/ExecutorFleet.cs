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
    private readonly DirectoryInfo _work = Directory.CreateTempSubdirectory("executor-rolling-");
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Mesos.TaskStatus>> _ends = new();
    private readonly LocalAgent _agent;
    private readonly Task _reading;

    /// <param name="folder">Of the published programs.</param>
    /// <param name="labels">Of every task, besides <c>haproxy</c>.</param>
    public ExecutorFleet(Balancer balancer, IProcessLauncher launcher, string folder, IReadOnlyDictionary<string, string> labels)
    {
        (_balancer, _folder, _labels) = (balancer, folder, labels);
        var options = new LocalAgentOptions
        {
            WorkDirectory = _work.FullName,
            ExecutorEnvironment = new Dictionary<string, string>
            {
                ["EXECUTOR_DRIVER"] = "managed",
                ["EXECUTOR_HAPROXY"] = balancer.Address,
            },
        };
        _agent = new LocalAgent(options, launcher, TimeProvider.System);
        _agent.Start();
        _reading = ReadAsync();
    }

    public async Task<int> StartAsync(CancellationToken cancellationToken)
    {
        var port = Balancer.FreePort().Port;
        var ended = new TaskCompletionSource<Mesos.TaskStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ends[Id(port)] = ended;
        _agent.LaunchTask(TaskFor(port));
        var serves = _balancer.ServesAsync(port, cancellationToken);
        if (await Task.WhenAny(serves, ended.Task) == ended.Task) throw new InvalidOperationException((await ended.Task).ToString());
        await serves;
        return port;
    }

    public async Task StopAsync(int port, CancellationToken cancellationToken)
    {
        _agent.KillTask(Id(port));
        var status = await _ends[Id(port)].Task.WaitAsync(cancellationToken);
        if (status.State != TaskState.TaskKilled) throw new InvalidOperationException(status.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _reading;
        _work.Delete(recursive: true);
    }

    private async Task ReadAsync()
    {
        await foreach (var happened in _agent.Events.ReadAllAsync())
        {
            if (happened is AgentEvent.TaskUpdated { Status: var status } && IsEnd(status.State))
                _ends[status.TaskId.Value].TrySetResult(status);
        }
    }

    private static bool IsEnd(TaskState state) =>
        state is not (TaskState.TaskStaging or TaskState.TaskStarting or TaskState.TaskRunning or TaskState.TaskKilling);

    private static string Id(int port) => string.Create(CultureInfo.InvariantCulture, $"web.{port}");

    private TaskInfo TaskFor(int port)
    {
        var executor = Path.Combine(_folder, "executor");
        var task = new TaskInfo
        {
            Name = "web",
            TaskId = new TaskID { Value = Id(port) },
            SlaveId = new SlaveID { Value = "" },
            Executor = new ExecutorInfo
            {
                ExecutorId = new ExecutorID { Value = Id(port) },
                Command = new CommandInfo
                {
                    Value = $"chmod ug+rx '{executor}' && exec '{executor}' exec '{Path.Combine(_folder, "hello-web")}'",
                    Environment = new Mesos.Environment(),
                },
            },
            KillPolicy = new KillPolicy { GracePeriod = new DurationInfo { Nanoseconds = 5_000_000_000 } },
            Discovery = new DiscoveryInfo
            {
                Visibility = DiscoveryInfo.Types.Visibility.Framework,
                Ports = new Ports { Ports_ = { new Port { Number = (uint)port, Name = "http", Protocol = "tcp" } } },
            },
            Labels = new Labels { Labels_ = { new Label { Key = "haproxy", Value = "web/slot-" } } },
            HealthCheck = new HealthCheck
            {
                Type = HealthCheck.Types.Type.Http,
                Http = new HealthCheck.Types.HTTPCheckInfo { Port = (uint)port, Path = "/health" },
                DelaySeconds = 0,
                IntervalSeconds = 1,
                TimeoutSeconds = 1,
            },
        };
        foreach (var (name, value) in Service.Variables(port))
            task.Executor.Command.Environment.Variables.Add(new Mesos.Environment.Types.Variable { Name = name, Value = value });
        foreach (var (key, value) in _labels) task.Labels.Labels_.Add(new Label { Key = key, Value = value });
        return task;
    }
}
