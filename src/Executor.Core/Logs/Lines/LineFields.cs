using System.Runtime.InteropServices;

namespace Executor.Core.Logs.Lines;

/// <summary>How a field stands in its line.</summary>
internal enum FieldKind : byte
{
    /// <summary>The value is text.</summary>
    Text,

    /// <summary>The value is JSON as it stands, quotes included.</summary>
    Value,

    /// <summary>So is the key, and there is nothing but a colon and blanks between them.</summary>
    Member,
}

/// <summary>One field of a line: where its key, without quotes, and its value stand.</summary>
internal readonly record struct LineField(int Key, int KeyLength, int Value, int ValueLength, FieldKind Kind, KeyMeaning Meaning)
{
    public ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> line) => line.Slice(Key, KeyLength);

    public ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> line) => line.Slice(Value, ValueLength);

    /// <summary>Of a <see cref="FieldKind.Member"/>: from the key's quote to the value's end.</summary>
    public ReadOnlySpan<byte> MemberOf(ReadOnlySpan<byte> line) => line[(Key - 1)..(Value + ValueLength)];
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
    public void Add(ReadOnlySpan<byte> name, int key, int keyLength, int value, int valueLength, FieldKind kind)
    {
        var meaning = keys[name];
        if (meaning.Role == KeyRole.Ignored) return;
        if (!_names.Add(name, out var index))
        {
            // The last one counts, as for most who read JSON; two are refused by the central store.
            _fields[index] = new LineField(key, keyLength, value, valueLength, kind, meaning);
            return;
        }

        // The exact name before the others, and of those the first.
        if (meaning.Role != KeyRole.None && (_chosen[(int)meaning.Role] < 0 || meaning.IsExact)) _chosen[(int)meaning.Role] = _fields.Count;
        _fields.Add(new LineField(key, keyLength, value, valueLength, kind, meaning));
    }

    /// <returns>The index of the field that has the role; -1 is none.</returns>
    public int Chosen(KeyRole role) => _chosen[(int)role];
}
