using Executor.Core.Lifecycle;

namespace Executor.Core.Tests.Lifecycle;

/// <summary>A host between a driver and processes that do as the test says, on a clock that stands still.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public abstract class HostFixture
{
    private protected WatchedTime Time { get; } = new();

    private protected FakeLauncher Launcher { get; } = new();

    private protected Task<int> Run(FakeDriver driver, Func<ExecutorHostOptions, ExecutorHostOptions>? change = null)
    {
        var options = new ExecutorHostOptions
        {
            Sandbox = "/",
            Environment = new Dictionary<string, string>(),
            Arguments = [],
            ShutdownGrace = TimeSpan.FromSeconds(5),
        };
        return new ExecutorHost(driver, Launcher, change?.Invoke(options) ?? options, Time).RunAsync();
    }

    /// <summary>Launches a task and waits until it is RUNNING.</summary>
    private protected async Task<FakeProcess> RunningAsync(
        FakeDriver driver, string id, CancellationToken cancel, Action<Mesos.TaskInfo>? change = null)
    {
        driver.Launch(id, change: change);
        var process = await Launcher.Next(cancel);
        await driver.NextStates(2, cancel);
        return process;
    }
}
