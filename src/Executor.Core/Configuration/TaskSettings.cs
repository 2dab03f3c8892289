using Executor.Core.Ports;

namespace Executor.Core.Configuration;

/// <summary>The settings of what every task is started with, and of its end.</summary>
public static class TaskSettings
{
    private const int LargestUmask = 0x1ff; // 0777

    public static readonly Setting<IReadOnlyList<ResourceLimit>> Rlimits = new(
        "EXECUTOR_RLIMITS", "", ResourceLimit.Accepted,
        $"Resource limits of every task; RLimitInfo of the executor's and then of the task's container comes on top, and the rest is as the agent gave it. Names are those of RLimitInfo without RLMT_: {string.Join(", ", ResourceLimit.Names)}.",
        (string text, out IReadOnlyList<ResourceLimit> value) => ResourceLimit.TryParse(text, out value, out _))
    {
        None = [],
        Example = "nofile=1024:4096,core=0",
        Explain = text => ResourceLimit.TryParse(text, out _, out var error) ? null : error,
    };

    public static readonly Setting<int?> Umask = new(
        "EXECUTOR_UMASK", "", "an octal number, 0 to 777",
        "The umask of every task; without it, the agent's.",
        TryParseUmask)
    {
        Example = "027",
    };

    public static readonly Setting<IReadOnlyList<string>> SigtermExclude = Setting.List(
        "EXECUTOR_SIGTERM_EXCLUDE", "process names",
        "Processes of a task that get no SIGTERM when it ends, because they have to outlive the others: with all that they have started they run on until SIGKILL, so that the end takes the whole grace period. A name is that of /proc/PID/comm, its first 15 characters, in whatever case.") with
    { Example = "envoy,fluent-bit" };

    public static IReadOnlyList<Setting> All { get; } = [Rlimits, Umask, SigtermExclude];

    private static bool TryParseUmask(string text, out int? umask)
    {
        umask = null;
        if (text.Length is 0 or > 4 || text.AsSpan().ContainsAnyExceptInRange('0', '7')) return false;
        umask = Convert.ToInt32(text, fromBase: 8);
        return umask <= LargestUmask;
    }
}
