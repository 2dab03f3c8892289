using System.Diagnostics.CodeAnalysis;
using Executor.Core.Ports;
using Mesos;

namespace Executor.Core.Lifecycle;

/// <summary>The resource limits of a task: the executor's settings, over them RLimitInfo of its container.</summary>
public static class TaskLimits
{
    private const string NamePrefix = "Rlmt";

    /// <summary>
    /// The agent's posix/rlimits isolator, where there is one, reads the executor's container only; a task's own is
    /// left to the executor.
    /// </summary>
    /// <param name="defaults">For what no container names.</param>
    /// <param name="error">What is wrong with an RLimitInfo: the task is in error.</param>
    public static bool TryResolve(
        IReadOnlyList<ResourceLimit> defaults, ExecutorInfo executor, TaskInfo task,
        out IReadOnlyList<ResourceLimit> limits, [NotNullWhen(false)] out string? error)
    {
        var found = defaults.ToDictionary(l => l.Name, StringComparer.Ordinal);
        limits = [];
        foreach (var given in Given(task.Executor?.Container ?? executor.Container).Concat(Given(task.Container)))
        {
            error = Read(given, out var limit);
            if (error is not null) return false;
            found[limit!.Name] = limit;
        }

        error = null;
        limits = [.. found.Values];
        return true;
    }

    private static IEnumerable<RLimitInfo.Types.RLimit> Given(ContainerInfo? container) =>
        container?.RlimitInfo?.Rlimits ?? Enumerable.Empty<RLimitInfo.Types.RLimit>();

    private static string? Read(RLimitInfo.Types.RLimit given, out ResourceLimit? limit)
    {
        limit = null;
        var type = given.Type.ToString();
        var name = type.StartsWith(NamePrefix, StringComparison.Ordinal)
            ? type[NamePrefix.Length..].ToLowerInvariant() : type;
        if (!ResourceLimit.Names.Contains(name, StringComparer.Ordinal))
            return $"RLimitInfo: type {given.Type} is not known, only {string.Join(", ", ResourceLimit.Names)}";

        // mesos.proto: either both are set, or neither, and then there is no limit.
        if (given.HasSoft != given.HasHard) return $"RLimitInfo: {name} has only one of soft and hard";
        limit = given.HasSoft
            ? new ResourceLimit(name, given.Soft, given.Hard)
            : new ResourceLimit(name, ResourceLimit.Unlimited, ResourceLimit.Unlimited);
        return limit.Soft > limit.Hard ? $"RLimitInfo: the soft limit of {name} is above the hard one" : null;
    }
}
