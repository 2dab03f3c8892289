using System.Runtime.InteropServices;

namespace Executor.Core.Logs.Lines;

/// <summary>One field of a line: where its key and its value stand.</summary>
/// <param name="IsJson">Whether the value is JSON as it stands, quotes included; else it is text.</param>
internal readonly record struct LineField(int Key, int KeyLength, int Value, int ValueLength, bool IsJson, KeyMeaning Meaning)
{
    public ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> line) => line.Slice(Key, KeyLength);

    public ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> line) => line.Slice(Value, ValueLength);
}

/// <summary>The fields of one line, and which of them is its time, message, level and logger. Used again for the next.</summary>
internal sealed class LineFields(LineKeys keys)
{
    private const int Roles = (int)KeyRole.Ignored;

    private readonly List<LineField> _fields = new(32);
    private readonly int[] _chosen = new int[Roles];
    private readonly NameSet _names = new();

    public ReadOnlySpan<LineField> All => CollectionsMarshal.AsSpan(_fields);

    public void Clear()
    {
        _fields.Clear();
        _names.Clear();
        Array.Fill(_chosen, -1);
    }

    /// <summary>Whether nothing has the name yet: it is taken then, by something that is no field of the line.</summary>
    public bool TryClaim(ReadOnlySpan<byte> name) => _names.Add(name, out _);

    /// <param name="name">The key without escapes.</param>
    public void Add(ReadOnlySpan<byte> name, int key, int keyLength, int value, int valueLength, bool isJson)
    {
        var meaning = keys[name];
        if (meaning.Role == KeyRole.Ignored) return;
        if (!_names.Add(name, out var index))
        {
            // The last one counts, as for most who read JSON; two are refused by the central store.
            _fields[index] = new LineField(key, keyLength, value, valueLength, isJson, meaning);
            return;
        }

        // The exact name before the others, and of those the first.
        if (meaning.Role != KeyRole.None && (_chosen[(int)meaning.Role] < 0 || meaning.IsExact)) _chosen[(int)meaning.Role] = _fields.Count;
        _fields.Add(new LineField(key, keyLength, value, valueLength, isJson, meaning));
    }

    /// <returns>The index of the field that has the role; -1 is none.</returns>
    public int Chosen(KeyRole role) => _chosen[(int)role];
}
