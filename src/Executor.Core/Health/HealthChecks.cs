using Executor.Core.Configuration;
using Executor.Core.Hooks;
using Executor.Core.Ports;
using NLog;

namespace Executor.Core.Health;

/// <summary>Makes the hooks that check the tasks.</summary>
public sealed class HealthChecks(Settings settings, IProcessLauncher launcher, TimeProvider time)
{
    private readonly HealthPlans _plans = new(settings);

    /// <summary>How the task's health is found out; null where nobody asks for that.</summary>
    /// <exception cref="InvalidTaskException">What is asked for makes no sense.</exception>
    public HealthPlan? Plan(HookedTask task) => _plans.Health(task);

    /// <summary>The hook that decides the task's health; null where nobody asks for one.</summary>
    /// <inheritdoc cref="Plan" path="/exception"/>
    public TaskHook? CreateHealth(HookedTask task)
    {
        if (Plan(task) is not { } plan) return null;
        var log = TaskLogger.Get("health", task.Id);
        return new HealthHook(plan, new CheckLoop(task.Id, Probes(plan.Probe, task), plan.Timing, time), task.Control, log);
    }

    /// <summary>The hook of the generic check; null where nobody asks for one.</summary>
    /// <inheritdoc cref="Plan" path="/exception"/>
    public TaskHook? CreateCheck(HookedTask task)
    {
        if (_plans.Check(task) is not var (probe, timing)) return null;
        return new CheckHook(timing, CheckStatuses.Unknown(task.Info.Check.Type), new CheckLoop(task.Id, Probes(probe, task), timing, time), task.Control);
    }

    /// <summary>What needs no process is made before there is one: the first check shall not wait for it.</summary>
    private Func<StartedTask, IProbe> Probes(ProbePlan plan, HookedTask task)
    {
        if (plan is ProbePlan.Command command) return started => new CommandProbe(launcher, command, started.Process);
        var host = settings.Get(HealthSettings.Address)?.Trim('[', ']') ?? task.Host;
        IProbe probe = plan switch
        {
            ProbePlan.Http http => new HttpProbe(http, ProbeTarget.Of(host, http.Port, http.Family)),
            ProbePlan.Tcp tcp => new TcpProbe(ProbeTarget.Of(host, tcp.Port, tcp.Family)),
            _ => throw new ArgumentException("no such plan", nameof(plan)),
        };
        return _ => probe;
    }
}
