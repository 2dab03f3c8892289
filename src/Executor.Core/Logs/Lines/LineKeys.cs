namespace Executor.Core.Logs.Lines;

/// <summary>What a key of a line means.</summary>
internal enum KeyRole : byte
{
    None,
    Timestamp,
    Version,
    Message,
    Level,
    Logger,
    Ignored,
}

/// <summary>What is known of one key.</summary>
/// <param name="IsExact">Whether it is the name that the role has in what is shipped.</param>
/// <param name="Field">The executor's own field of that name; -1 is none.</param>
internal readonly record struct KeyMeaning(KeyRole Role, bool IsExact, int Field)
{
    public static KeyMeaning None { get; } = new(KeyRole.None, false, -1);
}

/// <summary>
/// The keys that are not simply passed on: those that mean what @timestamp, message, level and logger do, those to ignore,
/// and those that the executor uses itself. Asked for every key of every line.
/// </summary>
internal sealed class LineKeys
{
    private const int Buckets = 64;

    private static readonly (string Key, KeyRole Role)[] Roles =
    [
        ("@timestamp", KeyRole.Timestamp), ("time", KeyRole.Timestamp), ("timestamp", KeyRole.Timestamp), ("ts", KeyRole.Timestamp),
        ("@version", KeyRole.Version),
        ("message", KeyRole.Message), ("msg", KeyRole.Message),
        ("level", KeyRole.Level), ("lvl", KeyRole.Level), ("severity", KeyRole.Level),
        ("logger", KeyRole.Logger), ("logger_name", KeyRole.Logger),
    ];

    private readonly (byte[] Key, KeyMeaning Meaning)[][] _buckets = new (byte[], KeyMeaning)[Buckets][];

    /// <param name="own">The names of the executor's fields, in their order.</param>
    public LineKeys(IEnumerable<string> ignored, IReadOnlyList<string> own)
    {
        var meanings = new Dictionary<string, KeyMeaning>(StringComparer.Ordinal);
        foreach (var (key, role) in Roles) meanings[key] = new KeyMeaning(role, key == NameOf(role), -1);
        for (var i = 0; i < own.Count; i++)
            meanings[own[i]] = meanings.GetValueOrDefault(own[i], KeyMeaning.None) with { Field = i };
        foreach (var key in ignored) meanings[key] = new KeyMeaning(KeyRole.Ignored, false, -1);

        Array.Fill(_buckets, []);
        foreach (var bucket in meanings
            .Select(meaning => (Key: System.Text.Encoding.UTF8.GetBytes(meaning.Key), meaning.Value))
            .Where(meaning => meaning.Key.Length > 0)
            .GroupBy(meaning => Bucket(meaning.Key)))
            _buckets[bucket.Key] = [.. bucket];
    }

    /// <summary>The name that a role has in what is shipped.</summary>
    public static string NameOf(KeyRole role) => Roles.FirstOrDefault(known => known.Role == role).Key ?? "";

    public KeyMeaning this[ReadOnlySpan<byte> key]
    {
        get
        {
            if (key.IsEmpty) return KeyMeaning.None;
            foreach (var (known, meaning) in _buckets[Bucket(key)])
                if (key.SequenceEqual(known)) return meaning;
            return KeyMeaning.None;
        }
    }

    private static int Bucket(ReadOnlySpan<byte> key) => (key.Length + (key[0] * 7) + (key[^1] * 3)) & (Buckets - 1);
}
