using System.Text.RegularExpressions;

namespace Executor.Interop.Generator;

/// <summary>
/// The text of a header, for what castxml drops: the comments above a declaration and beside it, and the macros.
/// </summary>
internal sealed partial class HeaderText
{
    private readonly string _code;
    private readonly Dictionary<int, string> _above = [];
    private readonly Dictionary<int, string> _beside = [];

    public HeaderText(string path)
    {
        Path = path;
        var text = File.ReadAllText(path);
        foreach (Match comment in Comment().Matches(text))
        {
            var before = text[(text.LastIndexOf('\n', comment.Index) + 1)..comment.Index];
            var words = Margin().Replace(comment.Groups[1].Value, "").Trim();
            if (string.IsNullOrWhiteSpace(before)) _above[LineAt(text, comment.Index + comment.Length) + 1] = words;
            else _beside[LineAt(text, comment.Index)] = words;
        }

        _code = Comment().Replace(text, comment => new string('\n', comment.Value.Count(c => c == '\n')));
    }

    public string Path { get; }

    /// <summary>The header's name without <c>.h</c>; its macros begin with it.</summary>
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>The comment that ends on the line above, then the one that begins on the line itself.</summary>
    public string CommentAt(int line) => $"{_above.GetValueOrDefault(line)}\n{_beside.GetValueOrDefault(line)}".Trim();

    /// <summary>Where a name stands first; castxml does not place the members of an enumeration.</summary>
    public int LineOf(string name) => LineAt(_code, Regex.Match(_code, $@"\b{name}\b").Index);

    /// <summary>The macros that are named after the header and are integers; a guard and an attribute are passed over.</summary>
    public IEnumerable<Constant> Constants()
    {
        foreach (Match macro in Macro().Matches(_code))
        {
            var (name, value, line) = (macro.Groups[1].Value, macro.Groups[2].Value.Trim(), LineAt(_code, macro.Index));
            if (!name.StartsWith($"{Name}_", StringComparison.OrdinalIgnoreCase)) continue;
            if (value.Length == 0 || value.StartsWith("__attribute__", StringComparison.Ordinal)) continue;
            if (!Integer().IsMatch(value)) throw Unknown(line, $"macro {name}, which is no integer,");
            yield return new(name, value, CommentAt(line));
        }
    }

    public GeneratorException Unknown(int line, string construct) => new($"{Path}:{line}: {construct} is not known to the generator");

    private static int LineAt(string text, int index) => text.AsSpan(0, index).Count('\n') + 1;

    [GeneratedRegex(@"/\*(.*?)\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    /// <summary>The indentation, asterisk and space that lead a comment's line.</summary>
    [GeneratedRegex(@"^[ \t]*\*[ \t]*", RegexOptions.Multiline)]
    private static partial Regex Margin();

    [GeneratedRegex(@"^[ \t]*#[ \t]*define[ \t]+(\w+)(.*)$", RegexOptions.Multiline)]
    private static partial Regex Macro();

    /// <summary>What C and C# read alike as an <c>int</c>, so nothing octal and no suffix.</summary>
    [GeneratedRegex(@"^(0|[1-9][0-9]*|0[xX][0-9a-fA-F]+)$")]
    private static partial Regex Integer();
}
