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
using Executor.Core.Ports;
using Executor.Core.Processes;
using Executor.Fuzz.Tests.Engine;
using Mesos;
using Microsoft.Extensions.Time.Testing;

namespace Executor.Fuzz.Tests.Targets;

/// <summary>
/// What the host does with a task up to its start, with every feature that reads something of it: there is a program to
/// be started, or one line that says why there is none.
/// </summary>
internal static class TaskAcceptance
{
    private static readonly FakeTimeProvider Time = new();

    private static readonly Dictionary<string, string> Environment = new()
    {
        ["PATH"] = "/usr/bin",
        ["PORT0"] = "80",
        ["EXECUTOR_VAAS_URL"] = "http://127.0.0.1:1",
        ["EXECUTOR_VAAS_DC"] = "dc",
        ["EXECUTOR_HAPROXY"] = "tcp:127.0.0.1:1",
        ["EXECUTOR_LOG_ADDRESSES"] = "127.0.0.1:1",
    };

    private static readonly Settings Settings = ReadSettings();

    private static readonly HookFactories Hooks = HookSettings.Read(Settings) with { All = Features() };

    public static void Check(TaskInfo task)
    {
        try
        {
            if (!TaskCommand.TryResolve(task, new ExecutorInfo(), ["app"], out var command))
                throw new FindingException("there is no command, where the executor's own arguments are one");
            var surroundings = Surroundings(task);
            using var supervision = new TaskSupervision(task, command, surroundings, Hooks);
            AssertStartable(new TaskLaunch(command, surroundings, [], TimeSpan.Zero).Description);
        }
        catch (Exception e) when (e is InvalidTaskException or ProcessStartException)
        {
            if (e.Message.Length == 0) throw new FindingException("a refused task has no message", e);
        }
    }

    private static void AssertStartable(ProcessDescription description)
    {
        StartErrors.RefuseWhatNoProgramCanGet(description);
        if (SupervisorFrames.EncodeStart(description) is null) throw new FindingException("a task of at most 64 KiB is too large to be started");
    }

    private static TaskSurroundings Surroundings(TaskInfo task) => new()
    {
        Launcher = new NoLauncher(),
        Reporter = new StatusReporter(new NoDriver(), AgentRelease.Unknown, new SecretMask(), Time).For(task),
        Time = Time,
        Identity = new ExecutorIdentity("e", "marathon", "127.0.0.1"),
        Sandbox = "/",
        Environment = Environment,
        Withheld = _ => [],
        Traits = new ProcessTraits { Limits = TaskLimits.Resolve([], new ExecutorInfo(), task) },
        ReportsKilling = true,
    };

    private static IReadOnlyList<HookFactory> Features()
    {
        var health = new HealthChecks(Settings, new NoLauncher(), Time);
        var instances = new ServiceInstances(Settings, task => health.Plan(task) is null ? null : new ServiceCheck("tcp", 80, "", default, default));
        var logs = new TaskLogs(Settings, Path.GetTempPath(), null, Time);
        return
        [
            logs.Create,
            health.CreateHealth,
            health.CreateCheck,
            WarmUpHook.Create,
            HttpStopHook.Create,
            VaasHook.Factory(Settings, instances),
            HaProxyHook.Factory(Settings, instances),
            .. ExternalHooks.Factories(Settings, new NoLauncher()),
            ConsulHook.Factory(Settings, instances, Time),
        ];
    }

    private static Settings ReadSettings() =>
        AllSettings.TryRead(Environment, out var settings, out var error) ? settings : throw new InvalidOperationException(error);

    private sealed class NoLauncher : IProcessLauncher
    {
        public Task<ISupervisedProcess> LaunchAsync(ProcessDescription description, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    private sealed class NoDriver : IExecutorDriver
    {
        public bool ReportsAcknowledgements => true;

        public void Start(Action<DriverEvent> post) => throw new NotSupportedException();

        public void SendStatusUpdate(ReadOnlySpan<byte> taskStatus) => throw new NotSupportedException();

        public void SendFrameworkMessage(ReadOnlySpan<byte> data) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
