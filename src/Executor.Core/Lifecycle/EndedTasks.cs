namespace Executor.Core.Lifecycle;

/// <summary>
/// The ids that have had their terminal status. Bounded: a framework that runs one executor for ever would fill the
/// memory otherwise, and agents remember no more than 200 per executor themselves.
/// </summary>
internal sealed class EndedTasks
{
    private const int Most = 1000;
    private readonly Queue<string> _order = new();
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    public bool Any => _ids.Count > 0;

    public bool Contains(string id) => _ids.Contains(id);

    public void Add(string id)
    {
        if (!_ids.Add(id)) return;
        _order.Enqueue(id);
        if (_order.Count > Most) _ids.Remove(_order.Dequeue());
    }
}
