namespace Executor.Core.Hooks;

/// <summary>
/// The stages of a task's life that hooks take part in, in their order. On the way up the hooks run one after the
/// other, in the order of Composition's list; BeforeStop is in reverse, Withdraw and AfterExit are all at once.
/// </summary>
public enum HookStage
{
    /// <summary>
    /// TASK_STARTING was sent, nothing runs; may add to the environment. Once per launched task. An error fails the
    /// task, and nothing was started.
    /// </summary>
    BeforeStart,

    /// <summary>The process runs. Once per started task. An error fails the task.</summary>
    AfterStart,

    /// <summary>Healthy for the first time, not announced yet. At most once. An error is logged, or fails the task.</summary>
    WarmUp,

    /// <summary>Warm. At most once; healthy is reported only after it. An error fails the task, or is logged.</summary>
    Announce,

    /// <summary>
    /// Before the first signal, whatever the cause of the end, and after a crash. Once if Announce began. An error is
    /// logged.
    /// </summary>
    Withdraw,

    /// <summary>Withdrawn and drained, right before SIGTERM. At most once; not after destroy, a maximum run time, or a crash. An error is logged.</summary>
    BeforeStop,

    /// <summary>No process of the task is left. Once per started task. An error is logged.</summary>
    AfterExit,
}
