namespace Executor.Control.Marathon;

/// <summary>Variables and labels, in an app's order.</summary>
internal static class Pairs
{
    /// <returns>Both; of the same name the second.</returns>
    public static List<KeyValuePair<string, string>> Over(
        IReadOnlyList<KeyValuePair<string, string>> own, IReadOnlyList<KeyValuePair<string, string>> over)
    {
        var merged = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in own.Concat(over)) merged[key] = value;
        return [.. merged];
    }
}
