using System.Runtime.Versioning;
using System.Text;
using Executor.Core.Configuration;
using Executor.Core.Discovery;
using Executor.Core.Discovery.Consul;
using Executor.Core.Health;
using Executor.Core.Hooks;
using Executor.Core.Lifecycle;
using Executor.Core.Logs;
using Executor.Core.Ports;
using Executor.Core.Tests.Lifecycle;
using Executor.Core.Tests.Processes;
using Executor.Tests.Fakes;
using Google.Protobuf;
using Mesos;

namespace Executor.Core.Tests.Soak;

/// <summary>
/// Twenty-four hours of an executor on a fake clock, minute by minute: a health check, a service in Consul and a line of
/// output each minute, and each hour an agent, a Consul and a receiver that go and come back. Nothing of it may add up.
/// </summary>
[SupportedOSPlatform("linux")]
[NonParallelizable]
[CancelAfter(180_000)]
public sealed class SimulatedDayTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Three of them are the TTL.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(50);

    /// <summary>A line in a list for each of the 1,380 minutes in between would take more.</summary>
    private const long MostMemory = 64 * 1024;

    private readonly CountedTime _time = new();
    private readonly FakeDriver _driver = new();
    private volatile int _health = 200;
    private volatile int _consul = 200;

    [Test]
    public async Task The_last_hour_has_no_more_than_the_first(CancellationToken cancel)
    {
        using var folder = new Folder();
        using var launcher = new PrintingLauncher();
        await using var sink = new LineSink();
        await using var health = Serve(() => _health);
        var consul = Serve(() => _consul);
        var consulPort = consul.Port;
        var host = Run(launcher, folder, sink.Port, consulPort);
        _driver.Register();
        _driver.Launch("a", change: task => Describe(task, health.Port));
        var process = await launcher.Launched.WaitAsync(cancel);
        await _time.WaitForAsync([Minute, Beat], cancel);

        Footprint? first = null;
        for (var minute = 0; minute < 24 * 60; minute++)
        {
            switch (minute % 60)
            {
                case 5:
                    _driver.Post(new DriverEvent.Disconnected());
                    break;
                case 8:
                    _driver.Post(new DriverEvent.Reregistered(new SlaveInfo { Hostname = "host" }.ToByteArray()));
                    break;
                case 10:
                    await consul.DisposeAsync();
                    break;
                case 13:
                    consul = Serve(() => _consul, consulPort);
                    break;
                case 20 or 23:
                    _health = minute % 60 == 20 ? 500 : 200;
                    break;
                case 30:
                    sink.Reset();
                    break;
                case 40 or 43:
                    _consul = minute % 60 == 40 ? 500 : 200;
                    break;
            }

            _time.Forget();
            launcher.Print(Encoding.UTF8.GetBytes($"level=info minute={minute}\n"));
            _time.Advance(Minute);
            await _time.WaitForAsync([Minute, Beat], cancel);
            await sink.TakeAsync(cancel);
            _driver.Rest();
            if (minute == 59) first = Footprint.Take(_time);
        }

        var last = Footprint.Take(_time);
        await TestContext.Out.WriteLineAsync($"{first}\n{last}");
        _driver.Kill("a");
        launcher.Dispose();
        process.Exit(0);
        Assert.That(await host.WaitAsync(cancel), Is.Zero);
        await consul.DisposeAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(last.Timers, Is.EqualTo(first!.Timers));
            Assert.That(last.Descriptors, Is.LessThanOrEqualTo(first.Descriptors + 1), "a connection may be there or not");
            Assert.That(last.Threads, Is.LessThan(first.Threads + 23), "the pool's come and go; one lost in each hour would be 23");
            Assert.That(last.Memory - first.Memory, Is.LessThan(MostMemory));
        }
    }

    private Task<int> Run(PrintingLauncher launcher, Folder folder, int sink, int consul)
    {
        var variables = new Dictionary<string, string>
        {
            ["EXECUTOR_LOG_ADDRESSES"] = FormattableString.Invariant($"127.0.0.1:{sink}"),
            ["EXECUTOR_LOG_MODE"] = "both",
            ["EXECUTOR_CONSUL_HTTP_ADDR"] = FormattableString.Invariant($"127.0.0.1:{consul}"),
            ["EXECUTOR_CONSUL_TTL"] = "150secs",
        };
        Assert.That(AllSettings.TryRead(variables, out var settings, out var error), error);
        var checks = new HealthChecks(settings!, launcher, _time);
        var instances = new ServiceInstances(settings!, _ => null);
        return new ExecutorHost(
            _driver,
            launcher,
            new ExecutorHostOptions
            {
                Sandbox = folder.Path,
                Environment = new Dictionary<string, string>(),
                Arguments = [],
                ShutdownGrace = TimeSpan.FromSeconds(5),
                Hooks = new HookFactories
                {
                    All = [new TaskLogs(settings!, folder.Path, null, _time).Create, checks.CreateHealth, ConsulHook.Factory(settings!, instances, _time)],
                    Time = _time,
                },
            },
            _time).RunAsync();
    }

    private static void Describe(TaskInfo task, int port)
    {
        task.HealthCheck = new HealthCheck
        {
            Type = HealthCheck.Types.Type.Http,
            Http = new HealthCheck.Types.HTTPCheckInfo { Port = (uint)port, Path = "/" },
            DelaySeconds = 0,
            IntervalSeconds = Minute.TotalSeconds,
            TimeoutSeconds = 3,
            ConsecutiveFailures = 0,
        };
        task.Labels = new Labels { Labels_ = { new Label { Key = "consul", Value = "cart" } } };
        task.Discovery = new DiscoveryInfo { Visibility = DiscoveryInfo.Types.Visibility.External, Ports = new Mesos.Ports { Ports_ = { new Port { Number = (uint)port } } } };
    }

    private static LoopbackServer Serve(Func<int> status, int port = 0)
    {
        var server = new LoopbackServer((_, _) => Task.FromResult<LoopbackResponse?>(new LoopbackResponse(status(), "")), null, null);
        server.Start(port);
        return server;
    }
}
