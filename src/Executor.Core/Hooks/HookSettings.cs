using Executor.Core.Configuration;

namespace Executor.Core.Hooks;

/// <summary>What an error of a stage does.</summary>
public enum StageFailure
{
    Fail,
    Log,
}

/// <summary>The settings of the stages.</summary>
public static class HookSettings
{
    public static readonly Setting<HookLimits> Limits = new(
        "EXECUTOR_STAGE_LIMITS", "", HookLimits.Accepted,
        $"How long each stage of a task's hooks may take, all hooks together; at warm-up and announce, where an error is only logged, each hook by itself. Without it: {new HookLimits()}.",
        (string text, out HookLimits value) => HookLimits.TryParse(text, out value, out _))
    {
        None = new HookLimits(),
        Example = "announce=2mins,withdraw=3secs",
        Explain = text => HookLimits.TryParse(text, out _, out var error) ? null : error,
    };

    public static readonly Setting<StageFailure> WarmUpFailure = Setting.Choice(
        "EXECUTOR_WARM_UP_FAILURE", StageFailure.Log,
        "What an error at warm-up does: log it and announce the task all the same, or fail the task.");

    public static readonly Setting<StageFailure> AnnounceFailure = Setting.Choice(
        "EXECUTOR_ANNOUNCE_FAILURE", StageFailure.Fail,
        "What an error at the announcement does: fail the task, or log it and report the task healthy all the same.");

    public static readonly Setting<TimeSpan> Drain = Setting.Duration(
        "EXECUTOR_DRAIN", "0secs",
        "How long a task goes on before it gets SIGTERM, once it has been withdrawn, so that what was sent to it is served.") with
    { Example = "10secs" };

    public static IReadOnlyList<Setting> All { get; } = [Limits, WarmUpFailure, AnnounceFailure, Drain];

    /// <summary>What they say of a task's hooks.</summary>
    public static HookFactories Read(Settings settings) => new()
    {
        Limits = settings.Get(Limits) with
        {
            WarmUpFails = settings.Get(WarmUpFailure) == StageFailure.Fail,
            AnnounceFails = settings.Get(AnnounceFailure) == StageFailure.Fail,
        },
        Drain = settings.Get(Drain),
    };
}
