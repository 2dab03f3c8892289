using System.Runtime.InteropServices;
using Executor.Core.Configuration;
using Executor.Core.Lifecycle;
using Executor.Core.Ports;
using Executor.Core.Processes;
using NLog;

namespace Executor;

/// <summary>Wires the executor by hand: what it is made of is read here.</summary>
internal static class Composition
{
    private static readonly Logger Log = LogManager.GetLogger("executor");

    /// <exception cref="DriverException">The agent's environment is missing or wrong.</exception>
    public static async Task<int> RunAsync(
        IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> arguments, ExecutorSettings settings)
    {
        LogOutput.Configure(settings.LogLevel);
        foreach (var name in ExecutorSettings.Unknown(environment))
            Log.Warn("{0} is not a setting of this executor and does nothing", name);

        var (driver, agent) = DriverSelection.Choose(settings, environment, AgentEnvironment.Read(environment));
        await using var ownedDriver = driver;
        var launcher = new SupervisedProcessLauncher(Path.Combine(AppContext.BaseDirectory, "task-supervisor"), TimeProvider.System);
        var host = new ExecutorHost(
            driver,
            launcher,
            new ExecutorHostOptions
            {
                Sandbox = Directory.Exists(agent.Directory) ? agent.Directory : Directory.GetCurrentDirectory(),
                Environment = environment,
                Arguments = arguments,
                ShutdownGrace = agent.ShutdownGrace,
                AgentRelease = agent.Release,
                IdleExit = settings.IdleExit,
            },
            TimeProvider.System);

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Shutdown);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Shutdown);
        return await host.RunAsync();

        void Shutdown(PosixSignalContext context)
        {
            context.Cancel = true;
            host.Shutdown($"the executor got {context.Signal}");
        }
    }
}
