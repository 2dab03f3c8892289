namespace Executor.Control.Reporting;

/// <summary>
/// One thing that happened in a run, ready to be shown. Members that do not belong to an event are null and are left
/// out everywhere; docs/executorctl.md lists what each event carries.
/// </summary>
internal sealed record RunEvent(string Event)
{
    /// <summary>Since the run began.</summary>
    public TimeSpan Elapsed { get; init; }

    public string? Task { get; init; }

    /// <summary>What people call the task: the app's short name and a number from 1.</summary>
    public string? Instance { get; init; }

    public IReadOnlyList<int>? Ports { get; init; }

    public string? Sandbox { get; init; }

    /// <summary>The name in mesos.proto, e.g. <c>TASK_RUNNING</c>.</summary>
    public string? State { get; init; }

    public bool? Healthy { get; init; }

    /// <summary>The name in mesos.proto, e.g. <c>REASON_EXECUTOR_TERMINATED</c>.</summary>
    public string? Reason { get; init; }

    public string? Message { get; init; }

    /// <summary><c>stdout</c> or <c>stderr</c>.</summary>
    public string? Stream { get; init; }

    public string? Line { get; init; }

    public int? Code { get; init; }

    public int? Signal { get; init; }
}
