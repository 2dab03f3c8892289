using System.Globalization;
using Executor.Bench.Rolling;
using Executor.Core.Ports;
using Executor.Libprocess;
using Executor.Tests.Fakes;
using Mesos;

namespace Executor.Bench.Soak;

/// <summary>One task under a checkpointing local agent, and all that goes and comes back around it.</summary>
internal sealed class SoakRig : IAsyncDisposable
{
    private const string Id = "soak.1";

    private static readonly (TimeSpan Up, TimeSpan Down) Agent = (TimeSpan.FromSeconds(85), TimeSpan.FromSeconds(5));
    private static readonly (TimeSpan Up, TimeSpan Down) Catalogue = (TimeSpan.FromSeconds(105), TimeSpan.FromSeconds(15));
    private static readonly (TimeSpan Up, TimeSpan Down) Receiver = (TimeSpan.FromSeconds(65), TimeSpan.FromSeconds(10));

    private readonly string _folder;
    private readonly DirectoryInfo _work = Directory.CreateTempSubdirectory("executor-soak-");
    private readonly ConsulFake _consul = new ConsulFake(TimeProvider.System).Start();
    private readonly FlappingReceiver _receiver = new();
    private readonly CancellationTokenSource _over = new();
    private readonly TaskCompletionSource _running = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LocalAgent _agent;
    private Task _outages = Task.CompletedTask;
    private int _executor;

    /// <param name="folder">Of the published programs.</param>
    public SoakRig(string folder, IProcessLauncher launcher)
    {
        _folder = folder;
        _receiver.Start();
        var options = new LocalAgentOptions
        {
            WorkDirectory = _work.FullName,
            Checkpoint = true,
            ExecutorReregistrationTimeout = TimeSpan.FromSeconds(15),
            ExecutorEnvironment = new Dictionary<string, string>
            {
                ["EXECUTOR_DRIVER"] = "managed",
                ["EXECUTOR_CONSUL_HTTP_ADDR"] = _consul.Address,
                ["EXECUTOR_LOG_ADDRESSES"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_receiver.Port}"),
            },
        };
        _agent = new LocalAgent(options, launcher, TimeProvider.System);
    }

    public static string Outages { get; } = string.Create(
        CultureInfo.InvariantCulture,
        $"the agent is away {Agent.Down.TotalSeconds} of {(Agent.Up + Agent.Down).TotalSeconds} s, Consul {Catalogue.Down.TotalSeconds} of {(Catalogue.Up + Catalogue.Down).TotalSeconds} s, the receiver {Receiver.Down.TotalSeconds} of {(Receiver.Up + Receiver.Down).TotalSeconds} s");

    /// <summary>How many lines the receiver has got.</summary>
    public long Lines => _receiver.Lines;

    /// <summary>How often the agent came back.</summary>
    public int Restarts { get; private set; }

    /// <summary>The terminal status; null while the task runs.</summary>
    public Mesos.TaskStatus? Ended { get; private set; }

    /// <summary>Returns once the task runs.</summary>
    public async Task StartAsync()
    {
        _agent.Start();
        var reading = ReadAsync();
        _agent.LaunchTask(TaskFor(Balancer.FreePort().Port));
        await _running.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        _outages = Task.WhenAll(
            reading,
            RepeatAsync(Agent.Up, async () =>
            {
                await _agent.RestartAsync(Agent.Down);
                Restarts++;
            }),
            RepeatAsync(Catalogue.Up, async () =>
            {
                await _consul.StopAsync();
                await WaitAsync(Catalogue.Down);
                _consul.Start();
            }),
            RepeatAsync(Receiver.Up, async () =>
            {
                await _receiver.StopAsync();
                await WaitAsync(Receiver.Down);
                _receiver.Start();
            }));
    }

    public SoakSample Sample() => new(SoakSample.Process.Of(_executor), SoakSample.Process.Of(ProcFigures.Children(_executor).Single()));

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _agent.DisposeAsync();
        await _outages.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _receiver.DisposeAsync();
        await _consul.DisposeAsync();
        _over.Dispose();
        _work.Delete(recursive: true);
    }

    private async Task RepeatAsync(TimeSpan up, Func<Task> goAndComeBack)
    {
        while (true)
        {
            await WaitAsync(up);
            await goAndComeBack();
        }
    }

    private Task WaitAsync(TimeSpan pause) => Task.Delay(pause, TimeProvider.System, _over.Token);

    private async Task ReadAsync()
    {
        await foreach (var happened in _agent.Events.ReadAllAsync())
        {
            switch (happened)
            {
                case AgentEvent.ExecutorLaunched launched:
                    _executor = launched.Pid;
                    break;
                case AgentEvent.TaskUpdated { Status: { State: TaskState.TaskRunning, Healthy: true } }:
                    _running.TrySetResult();
                    break;
                case AgentEvent.TaskUpdated { Status: { State: not (TaskState.TaskStaging or TaskState.TaskStarting or TaskState.TaskRunning) } status }:
                    Ended = status;
                    break;
            }
        }
    }

    private TaskInfo TaskFor(int port)
    {
        var executor = Path.Combine(_folder, "executor");
        var web = Path.Combine(_folder, "hello-web");
        var task = new TaskInfo
        {
            Name = "soak",
            TaskId = new TaskID { Value = Id },
            SlaveId = new SlaveID { Value = "" },
            Executor = new ExecutorInfo
            {
                ExecutorId = new ExecutorID { Value = Id },
                Command = new CommandInfo
                {
                    Value = $"chmod ug+rx '{executor}' && exec '{executor}' sh -c 'while sleep 0.2; do echo level=info msg=\"still here\"; done & exec {web}'",
                    Environment = new Mesos.Environment(),
                },
            },
            Discovery = new DiscoveryInfo
            {
                Visibility = DiscoveryInfo.Types.Visibility.Framework,
                Ports = new Ports { Ports_ = { new Port { Number = (uint)port, Name = "http", Protocol = "tcp" } } },
            },
            Labels = new Labels
            {
                Labels_ = { new Label { Key = "consul", Value = "soak" }, new Label { Key = "log-mode", Value = "both" }, new Label { Key = "log-scraping", Value = "logfmt" } },
            },
            HealthCheck = new HealthCheck
            {
                Type = HealthCheck.Types.Type.Http,
                Http = new HealthCheck.Types.HTTPCheckInfo { Port = (uint)port, Path = "/health" },
                DelaySeconds = 0,
                IntervalSeconds = 1,
                TimeoutSeconds = 1,
                GracePeriodSeconds = 30,
                ConsecutiveFailures = 0,
            },
        };
        foreach (var (name, value) in Service.Variables(port))
            task.Executor.Command.Environment.Variables.Add(new Mesos.Environment.Types.Variable { Name = name, Value = value });
        return task;
    }
}
