namespace Executor.Core.Secrets.Documents;

/// <summary>
/// A document that could not be opened or made. Its message is one line for people, without plaintext, key or a part of the
/// document but public names. It has no inner exception on purpose: what parsers say may quote what they read.
/// </summary>
public sealed class DocumentException(string message) : Exception(message)
{
    private const int LongestName = 200;

    /// <summary>A name out of a document, fit for one line of a message.</summary>
    internal static string Shown(string name)
    {
        var cut = name.Length > LongestName ? $"{name[..LongestName]}…" : name;
        return string.Concat(cut.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
    }
}
