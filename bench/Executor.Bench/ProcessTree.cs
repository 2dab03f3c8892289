using Executor.Core.Processes;

namespace Executor.Bench;

/// <summary>Whose child each process of the host was when this was made.</summary>
internal sealed class ProcessTree
{
    private readonly ILookup<int, int> _children = ProcessStat.All().ToLookup(process => process.Parent, process => process.Pid);

    /// <returns>The process and all its descendants.</returns>
    public IEnumerable<int> From(int pid) => [pid, .. _children[pid].SelectMany(From)];
}
