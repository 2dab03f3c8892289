using System.Diagnostics.Metrics;

namespace Executor.Core.Telemetry;

/// <summary>
/// What the executor measures of what happens; docs/metrics.md is held to this. Any thread. Who measures knows
/// nothing of where the numbers go.
/// </summary>
public static class Instruments
{
    /// <summary>Where further instruments belong, too.</summary>
    public static readonly Meter Meter = new("Executor");

    internal const string Seconds = "s";
    internal const string Bytes = "By";

    internal static readonly Histogram<double> TaskStart = Meter.CreateHistogram<double>(
        "task.start.time", Seconds, "From a task's launch to TASK_RUNNING, its configuration included");

    internal static readonly Histogram<double> TaskHealthy = Meter.CreateHistogram<double>(
        "task.healthy.time", Seconds, "From TASK_RUNNING to the first time that the task is found healthy");

    internal static readonly Histogram<double> TaskAnnounced = Meter.CreateHistogram<double>(
        "task.announced.time", Seconds, "From TASK_RUNNING until all that bring traffic know the task");

    internal static readonly Histogram<double> TaskWithdrawal = Meter.CreateHistogram<double>(
        "task.withdrawal.time", Seconds, "Of tasks that were announced: from the begin of Withdraw until nothing brings traffic to the task any more, or its limit");

    internal static readonly Histogram<double> TaskTermination = Meter.CreateHistogram<double>(
        "task.termination.time", Seconds, "From SIGTERM until no process of the task is left");

    internal static readonly Counter<long> TaskEndsAsked = Meter.CreateCounter<long>(
        "task.ends.asked", null, "Tasks that somebody ended, by cause");

    internal static readonly Counter<long> TaskEscalations = Meter.CreateCounter<long>(
        "task.escalations", null, "Tasks that got SIGKILL");

    internal static readonly Counter<long> TaskEnds = Meter.CreateCounter<long>(
        "task.ends", null, "Tasks that are over, by terminal state and by how the command ended");

    internal static readonly Histogram<double> ProbeDuration = Meter.CreateHistogram<double>(
        "probe.duration", Seconds, "Health checks and generic checks, by outcome");

    internal static readonly Histogram<double> HookDuration = Meter.CreateHistogram<double>(
        "hook.duration", Seconds, "Hooks, by name, stage and outcome");

    internal static readonly Counter<long> AgentReturns = Meter.CreateCounter<long>(
        "agent.returns", null, "Registrations with the agent after the first: its restarts that the tasks survived");

    internal static readonly Counter<long> MetricsFailures = Meter.CreateCounter<long>(
        "metrics.failures", null, "Deliveries of metrics that did not succeed, by sink");

    /// <param name="exit">How the command ended: <c>exited</c>, <c>signalled</c>, <c>unknown</c>, <c>none</c>.</param>
    internal static void CountEnd(string taskId, string state, string exit) =>
        TaskEnds.Add(1, Task(taskId), new("state", state), new("exit", exit));

    /// <summary>The tag of whatever belongs to one task.</summary>
    internal static KeyValuePair<string, object?> Task(string id) => new("task", id);

    internal static KeyValuePair<string, object?> Outcome<T>(T outcome)
        where T : struct, Enum => Tag("outcome", outcome);

    /// <summary>An enumeration's word, in small letters.</summary>
    internal static KeyValuePair<string, object?> Tag<T>(string name, T value)
        where T : struct, Enum => new(name, value.ToString().ToLowerInvariant());
}
