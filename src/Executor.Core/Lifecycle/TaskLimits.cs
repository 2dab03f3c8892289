using Executor.Core.Hooks;
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
    /// <exception cref="InvalidTaskException">An RLimitInfo makes no sense.</exception>
    public static IReadOnlyList<ResourceLimit> Resolve(
        IReadOnlyList<ResourceLimit> defaults, ExecutorInfo executor, TaskInfo task)
    {
        var found = defaults.ToDictionary(l => l.Name, StringComparer.Ordinal);
        foreach (var given in Given(task.Executor?.Container ?? executor.Container).Concat(Given(task.Container)))
        {
            var limit = Read(given);
            found[limit.Name] = limit;
        }

        return [.. found.Values];
    }

    private static IEnumerable<RLimitInfo.Types.RLimit> Given(ContainerInfo? container) =>
        container?.RlimitInfo?.Rlimits ?? Enumerable.Empty<RLimitInfo.Types.RLimit>();

    private static ResourceLimit Read(RLimitInfo.Types.RLimit given)
    {
        var type = given.Type.ToString();
        var name = type.StartsWith(NamePrefix, StringComparison.Ordinal)
            ? type[NamePrefix.Length..].ToLowerInvariant() : type;
        if (!ResourceLimit.Names.Contains(name, StringComparer.Ordinal))
            throw Invalid($"type {given.Type} is not known, only {string.Join(", ", ResourceLimit.Names)}");

        // mesos.proto: either both are set, or neither, and then there is no limit.
        if (given.HasSoft != given.HasHard) throw Invalid($"{name} has only one of soft and hard");
        var limit = given.HasSoft
            ? new ResourceLimit(name, given.Soft, given.Hard)
            : new ResourceLimit(name, ResourceLimit.Unlimited, ResourceLimit.Unlimited);
        return limit.Soft <= limit.Hard ? limit : throw Invalid($"the soft limit of {name} is above the hard one");
    }

    private static InvalidTaskException Invalid(string what) => new($"RLimitInfo: {what}");
}
