using System.Runtime.InteropServices;
using Executor.Core;
using Executor.Core.Configuration;
using Executor.Core.Discovery;
using Executor.Core.Discovery.Consul;
using Executor.Core.Discovery.HaProxy;
using Executor.Core.Discovery.Vaas;
using Executor.Core.Health;
using Executor.Core.Hooks;
using Executor.Core.Lifecycle;
using Executor.Core.Logs;
using Executor.Core.Metrics;
using Executor.Core.Ports;
using Executor.Core.Processes;
using Executor.Core.Secrets;
using NLog;

namespace Executor;

/// <summary>Wires the executor by hand: what it is made of is read here.</summary>
internal static class Composition
{
    private static readonly Logger Log = LogManager.GetLogger("executor");

    /// <exception cref="DriverException">The agent's environment is missing or wrong.</exception>
    public static async Task<int> RunAsync(
        IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> arguments, Settings settings)
    {
        var mask = Mask(environment);
        var ownLog = settings.Get(LogSettings.Own) ? new OwnLog() : null;
        LogOutput.Configure(settings, mask, ownLog);
        foreach (var name in AllSettings.Unknown(environment))
            Log.Warn(CommandLine.NoSetting(name));

        var (driver, agent) = DriverSelection.Choose(settings, environment, AgentEnvironment.Read(environment));
        await using var ownedDriver = driver;
        var launcher = new SupervisedProcessLauncher(Path.Combine(AppContext.BaseDirectory, "task-supervisor"), TimeProvider.System);
        if (settings.Get(SecretSettings.CaBundle) is { } bundle) HostAuthorities.Replace(bundle);
        var identity = new OwnIdentity(environment, settings, TimeProvider.System, mask.Add);
        var sandbox = Directory.Exists(agent.Directory) ? agent.Directory : Directory.GetCurrentDirectory();
        var origin = new MetricsOrigin(environment.GetValueOrDefault("MESOS_HOSTNAME") ?? Environment.MachineName, agent.FrameworkId, agent.ExecutorId);
        await using var metrics = MetricsPush.Start(settings, origin, TimeProvider.System);
        var logs = Logs(settings, sandbox, ownLog);
        LogMetrics.Show(logs.Counts);
        var host = new ExecutorHost(
            driver,
            launcher,
            new ExecutorHostOptions
            {
                Sandbox = sandbox,
                Environment = environment,
                Arguments = arguments,
                ShutdownGrace = agent.ShutdownGrace,
                Traits = Traits(settings),
                Hooks = HookSettings.Read(settings) with { All = Hooks(settings, launcher, identity, mask, logs, metrics) },
                Withheld = OwnIdentity.Withheld,
                Mask = mask,
                AgentRelease = agent.Release,
                IdleExit = settings.Get(ExecutorSettings.IdleExit),
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

    /// <summary>
    /// The order is that of the stages on the way up: what a task is given comes first, checks begin with the task, and what warms it comes before what
    /// announces it.
    /// </summary>
    private static IReadOnlyList<HookFactory> Hooks(
        Settings settings, IProcessLauncher launcher, OwnIdentity identity, SecretMask mask, TaskLogs logs, MetricsPush? metrics)
    {
        var health = new HealthChecks(settings, launcher, TimeProvider.System);
        var instances = new ServiceInstances(settings, task => Check(health.Plan(task)));
        return
        [
            logs.Create,
            CertificateHook.Factory(identity, settings, TimeProvider.System),
            ConfigurationHook.Factory(identity, settings, mask, TimeProvider.System),
            health.CreateHealth,
            health.CreateCheck,
            WarmUpHook.Create,
            HttpStopHook.Create,
            VaasHook.Factory(settings, instances),
            HaProxyHook.Factory(settings, instances),
            .. ExternalHooks.Factories(settings, launcher),
            ConsulHook.Factory(settings, instances, TimeProvider.System),
            .. metrics is null ? (HookFactory[])[] : [metrics.Hook],
        ];
    }

    private static TaskLogs Logs(Settings settings, string sandbox, OwnLog? own)
    {
        var receivers = settings.Get(LogSettings.ConsulService) is { } service
            ? new ConsulReceivers(settings, service, TimeProvider.System)
            : null;
        return new TaskLogs(settings, sandbox, receivers is null ? null : () => receivers.Current, TimeProvider.System) { Own = own };
    }

    /// <summary>What the settings say is secret; a certificate's key is, too.</summary>
    private static SecretMask Mask(IReadOnlyDictionary<string, string> environment)
    {
        var mask = new SecretMask();
        foreach (var setting in AllSettings.Table.Where(setting => setting.IsSecret)) mask.Add(Settings.Effective(environment, setting).Value);
        foreach (var name in OwnIdentity.Variables)
        {
            if (environment.GetValueOrDefault(name) is { } pem && pem.Contains("PRIVATE KEY", StringComparison.Ordinal)) mask.Add(pem);
        }

        return mask;
    }

    private static ServiceCheck? Check(HealthPlan? plan) => plan?.Probe switch
    {
        null => null,
        ProbePlan.Http http => new ServiceCheck(http.Scheme, http.Port, http.Path, plan.Timing.Interval, plan.Timing.Timeout)
        {
            VerifyTls = http.VerifyTls,
        },
        ProbePlan.Tcp tcp => new ServiceCheck("tcp", tcp.Port, "", plan.Timing.Interval, plan.Timing.Timeout),
        _ => new ServiceCheck("command", 0, "", plan.Timing.Interval, plan.Timing.Timeout),
    };

    private static ProcessTraits Traits(Settings settings) => new()
    {
        Limits = settings.Get(TaskSettings.Rlimits),
        Umask = settings.Get(TaskSettings.Umask),
        OomScoreAdjustment = settings.Get(ExecutorSettings.OomScoreAdjustment) is { } score ? Protect(score) : null,
        SparedFromTerminate = settings.Get(TaskSettings.SigtermExclude),
    };

    /// <returns>What tasks get: the value before.</returns>
    private static int? Protect(int score)
    {
        var before = OomScore.Change(score, out var error);
        if (error is null) return before;
        Log.Warn("EXECUTOR_OOM_SCORE_ADJ: oom_score_adj stays as it was: {0}", error);
        return null;
    }
}
