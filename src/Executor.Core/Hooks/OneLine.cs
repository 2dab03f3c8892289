namespace Executor.Core.Hooks;

/// <summary>What others wrote, or many, made fit for a message of ours.</summary>
internal static class OneLine
{
    /// <param name="longest">In letters; what is cut ends with an ellipsis.</param>
    public static string Of(string text, int longest)
    {
        var line = string.Concat(text.Take(longest).Select(letter => char.IsControl(letter) ? ' ' : letter));
        return text.Length > longest ? $"{line}…" : line;
    }

    /// <summary>Those that are there; null where none is.</summary>
    public static string? Joined(IEnumerable<string?> texts) =>
        string.Join("; ", texts.Where(text => text is not null)) is { Length: > 0 } all ? all : null;
}
