using Mesos;
using Reason = Mesos.TaskStatus.Types.Reason;

namespace Executor.Libprocess;

/// <summary>
/// Where the agents of Mesos releases differ, as far as an executor or a scheduler can tell. Read in
/// apache/mesos, src/slave/slave.cpp, 0.22 to 1.11; a reason or state is used from the first release whose scheduler
/// can parse it.
/// </summary>
internal sealed class LocalAgentRules
{
    private static readonly Version Oldest = new(0, 22);
    private static readonly Version Newest = new(1, 11);
    private readonly Version _mesos;
    private readonly bool _partitionAware;

    public LocalAgentRules(Version mesos, FrameworkInfo framework)
    {
        _mesos = new Version(mesos.Major, mesos.Minor);
        if (_mesos < Oldest || _mesos > Newest)
        {
            throw new ArgumentException($"Mesos {mesos} cannot be imitated: {Oldest} to {Newest} can.", nameof(mesos));
        }

        _partitionAware = From(1, 3) && framework.Capabilities.Any(
            c => c.Type == FrameworkInfo.Types.Capability.Types.Type.PartitionAware);
    }

    public bool InheritsAgentEnvironment => !From(1, 0);

    public bool GivesSandbox => From(0, 25);

    public bool GivesAddress => From(0, 26);

    public bool GivesEndpoint => From(0, 27);

    public bool GivesShutdownGrace => From(0, 28);

    public bool GivesCommandExecutorFlag => From(1, 0);

    public bool HasExecutorShutdownGrace => From(1, 0);

    public bool HasKillPolicy => From(1, 0);

    public bool HasAllocationInfo => From(1, 3);

    /// <summary>Up to 0.22 it was the driver's task to refuse TASK_STAGING.</summary>
    public bool RefusesStaging => From(0, 23);

    public bool FillsStatus => From(0, 24);

    public bool MergesContainerStatus => From(0, 28);

    public bool RefusesUpdatesOfEndedTasks => From(1, 0);

    public bool ShutsDownIdleExecutors => From(0, 28);

    public Reason LaunchFailed => From(0, 28) ? Reason.ContainerLaunchFailed : Reason.ExecutorTerminated;

    public Reason RegistrationTimeout =>
        From(0, 28) ? Reason.ExecutorRegistrationTimeout : Reason.ExecutorTerminated;

    public Reason ReregistrationTimeout =>
        From(0, 28) ? Reason.ExecutorReregistrationTimeout : Reason.ExecutorTerminated;

    /// <summary>A task that never reached its executor.</summary>
    public TaskState Dropped => _partitionAware ? TaskState.TaskDropped : TaskState.TaskLost;

    /// <summary>A task whose executor was destroyed because it did not come back.</summary>
    public TaskState Gone => _partitionAware ? TaskState.TaskGone : TaskState.TaskLost;

    /// <summary>A task whose executor ended without saying how the task did.</summary>
    public TaskState Abandoned(bool destroyed) =>
        From(0, 26) || destroyed ? TaskState.TaskFailed : TaskState.TaskLost;

    public static bool IsTerminal(TaskState state) => state is TaskState.TaskFinished or TaskState.TaskFailed
        or TaskState.TaskKilled or TaskState.TaskError or TaskState.TaskLost or TaskState.TaskDropped
        or TaskState.TaskGone or TaskState.TaskGoneByOperator;

    private bool From(int major, int minor) => _mesos >= new Version(major, minor);
}
