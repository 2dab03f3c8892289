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
    private readonly ConsulFake _consul = new ConsulFake(TimeProvider.System).Start();
    private readonly FlappingReceiver _receiver = new();
    private readonly CancellationTokenSource _over = new();
    private readonly TaskCompletionSource _running = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BenchAgent _host;
    private Task _outages = Task.CompletedTask;
    private int _executor;

    /// <param name="folder">Of the published programs.</param>
    public SoakRig(string folder, IProcessLauncher launcher)
    {
        _folder = folder;
        _receiver.Start();
        var work = Directory.CreateTempSubdirectory("executor-soak-").FullName;
        _host = new BenchAgent(
            new LocalAgentOptions
            {
                WorkDirectory = work,
                Checkpoint = true,
                ExecutorReregistrationTimeout = TimeSpan.FromSeconds(15),
                ExecutorEnvironment = new Dictionary<string, string>
                {
                    ["EXECUTOR_DRIVER"] = "managed",
                    ["EXECUTOR_CONSUL_HTTP_ADDR"] = _consul.Address,
                    ["EXECUTOR_LOG_ADDRESSES"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_receiver.Port}"),
                    ["EXECUTOR_METRICS_PROMETHEUS"] = work,
                    ["EXECUTOR_METRICS_STATSD"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Balancer.FreePort().Port}"), // nobody
                },
            },
            launcher, Take);
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
        _host.Agent.LaunchTask(TaskFor(Balancer.FreePort().Port));
        await _running.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        _outages = Task.WhenAll(
            RepeatAsync(Agent.Up, async () =>
            {
                await _host.Agent.RestartAsync(Agent.Down);
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
        await _host.DisposeAsync();
        await _outages.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _receiver.DisposeAsync();
        await _consul.DisposeAsync();
        _over.Dispose();
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

    private void Take(AgentEvent happened)
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

    private TaskInfo TaskFor(int port)
    {
        var command = $"sh -c 'while sleep 0.2; do echo level=info msg=\"still here\"; done & exec {Service.Program(_folder)}'";
        var task = Service.Task(Id, _folder, command, port, [new("consul", "soak"), new("log-mode", "both"), new("log-scraping", "logfmt")]);
        task.HealthCheck.GracePeriodSeconds = 30;
        task.HealthCheck.ConsecutiveFailures = 0;
        return task;
    }
}
