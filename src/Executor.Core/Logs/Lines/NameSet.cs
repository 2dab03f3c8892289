using System.Runtime.InteropServices;

namespace Executor.Core.Logs.Lines;

/// <summary>Names, each once, numbered as they come. Used again for the next line: allocates nothing once it has grown.</summary>
internal sealed class NameSet
{
    private readonly ByteBuffer _bytes = new(1024);
    private readonly List<(int At, int Length, int Hash, int Slot)> _names = new(32);
    private int[] _slots = new int[128];

    public void Clear()
    {
        foreach (ref readonly var name in CollectionsMarshal.AsSpan(_names)) _slots[name.Slot] = 0;
        _names.Clear();
        _bytes.Clear();
    }

    public bool Contains(ReadOnlySpan<byte> name) => Find(name, HashOf(name), out _) >= 0;

    /// <param name="index">Its number.</param>
    /// <returns>False where it is there.</returns>
    public bool Add(ReadOnlySpan<byte> name, out int index)
    {
        var hash = HashOf(name);
        index = Find(name, hash, out var slot);
        if (index >= 0) return false;
        index = _names.Count;
        _slots[slot] = index + 1;
        _names.Add((_bytes.Length, name.Length, hash, slot));
        _bytes.Add(name);
        if (_names.Count * 2 > _slots.Length) Grow();
        return true;
    }

    private int Find(ReadOnlySpan<byte> name, int hash, out int slot)
    {
        for (slot = hash & (_slots.Length - 1); _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
        {
            ref readonly var known = ref CollectionsMarshal.AsSpan(_names)[_slots[slot] - 1];
            if (known.Hash == hash && name.SequenceEqual(_bytes.Written.Slice(known.At, known.Length))) return _slots[slot] - 1;
        }

        return -1;
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        for (var i = 0; i < _names.Count; i++)
        {
            var slot = _names[i].Hash & (_slots.Length - 1);
            while (_slots[slot] != 0) slot = (slot + 1) & (_slots.Length - 1);
            _slots[slot] = i + 1;
            _names[i] = _names[i] with { Slot = slot };
        }
    }

    /// <summary>Not to be foreseen by who prints the names: the runtime's hash of texts has a key of this process.</summary>
    private static int HashOf(ReadOnlySpan<byte> name)
    {
        var hash = string.GetHashCode(MemoryMarshal.Cast<byte, char>(name));
        return name.Length % 2 == 0 ? hash : hash + name[^1];
    }
}
