using Google.Protobuf;
using Mesos.Internal;

namespace Executor.Libprocess;

/// <summary>
/// The status updates that the agent has not acknowledged, in the order they were made. They live only here: an
/// update that is forgotten is lost. Not safe for more than one thread.
/// </summary>
internal sealed class PendingUpdates
{
    private sealed class Pending(StatusUpdate update)
    {
        public StatusUpdate Update => update;

        public bool Sent { get; set; }
    }

    private readonly LinkedList<Pending> _updates = new();

    /// <summary>All of them, in order.</summary>
    public IEnumerable<StatusUpdate> All => _updates.Select(p => p.Update);

    public void Add(StatusUpdate update) => _updates.AddLast(new Pending(update));

    /// <summary>Those that were never on the wire, in order; from now on they count as sent.</summary>
    public List<StatusUpdate> TakeUnsent()
    {
        var unsent = _updates.Where(p => !p.Sent).ToList();
        foreach (var pending in unsent) pending.Sent = true;
        return unsent.ConvertAll(p => p.Update);
    }

    /// <summary>Forgets an acknowledged update; false when there is none of that uuid.</summary>
    public bool Remove(ByteString uuid)
    {
        for (var node = _updates.First; node is not null; node = node.Next)
        {
            if (!node.Value.Update.Uuid.Equals(uuid)) continue;
            _updates.Remove(node);
            return true;
        }

        return false;
    }
}
