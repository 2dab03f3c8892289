using Executor.Core.Configuration;

namespace Executor.Core.Hooks;

/// <summary>The labels of the stages, but for those of external hooks.</summary>
public static class HookLabels
{
    private const string PathAccepted = "a path on the task's first port, or http://:PORT1/path";

    public static readonly Setting<TimeSpan> Drain = HookSettings.Drain.Label(
        "drain", "How long this task goes on between its withdrawal and SIGTERM.");

    public static readonly Setting<string?> WarmUp = Setting.Text(
        "warm-up", "paths on the task's first port, or http://:PORT1/path, separated by spaces",
        "What is requested before the task is announced, each until it has answered 2xx as often as asked.") with
    { Example = "/warm-up /index.html" };

    public static readonly Setting<int?> WarmUpCount = Setting.Number(
        "warm-up-count", 1, 1, 100_000, "How often each path of warm-up has to answer 2xx.") with
    { Example = "500" };

    public static readonly Setting<int?> WarmUpConcurrency = Setting.Number(
        "warm-up-concurrency", 1, 1, 1000, "How many requests of warm-up are under way at once.") with
    { Example = "8" };

    public static readonly Setting<TimeSpan> WarmUpLimit = Setting.Duration(
        "warm-up-limit", "", "How long warm-up may take, within the limit of its stage.") with
    { None = TimeSpan.MaxValue, Example = "20secs" };

    public static readonly Setting<string?> GracefulShutdownPath = Setting.Text(
        "graceful-shutdown-path", PathAccepted, "Gets a POST before SIGTERM; then the task's end is waited for.") with
    { Example = "/quitquitquit" };

    public static readonly Setting<string?> ShutdownPath = Setting.Text(
        "shutdown-path", PathAccepted, "Gets a POST after that; then the task's end is waited for once more.") with
    { Example = "/abortabortabort" };

    public static readonly Setting<TimeSpan> GracefulShutdownWait = Setting.Duration(
        "graceful-shutdown-wait", "5secs", "How long each of these two waits for the task's end.") with
    { Example = "10secs" };

    public static IReadOnlyList<Setting> All { get; } =
    [
        Drain, WarmUp, WarmUpCount, WarmUpConcurrency, WarmUpLimit, GracefulShutdownPath, ShutdownPath, GracefulShutdownWait,
    ];
}
