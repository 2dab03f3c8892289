using System.Text.RegularExpressions;

namespace Executor.Interop.Generator;

/// <summary>
/// C's comments as C#'s documentation. A line that begins with a parameter's name in backticks and a colon begins that
/// parameter's own text; a name that the header declares becomes a reference.
/// </summary>
internal sealed partial class DocComments(IReadOnlyDictionary<string, string> references)
{
    private const int Width = 120;

    public IEnumerable<string> Of(string comment, string indent, IReadOnlyList<Parameter> parameters)
    {
        var summary = new List<string>();
        var texts = new List<(string Tag, List<string> Lines)> { ("summary", summary) };
        foreach (var line in comment.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (ParameterLine().Match(line) is { Success: true } start && parameters.Any(p => p.Name == start.Groups[1].Value))
                texts.Add(($"param name=\"{CSharpName.Camel(start.Groups[1].Value)}\"", [start.Groups[2].Value]));
            else
                texts[^1].Lines.Add(line);
        }

        return texts.Where(t => t.Lines.Count > 0).SelectMany(t => Element(t.Tag, Xml(string.Join(' ', t.Lines), parameters), indent));
    }

    private static IEnumerable<string> Element(string tag, string text, string indent)
    {
        var (open, close) = ($"<{tag}>", $"</{tag.Split(' ')[0]}>");
        var single = $"{indent}/// {open}{text}{close}";
        if (single.Length <= Width) return [single];

        var lines = new List<string> { $"{indent}/// {open}", $"{indent}///" };
        foreach (var word in Space().Split(text))
        {
            if (lines[^1].Length + 1 + word.Length > Width) lines.Add($"{indent}///");
            lines[^1] += $" {word}";
        }

        return lines.Append($"{indent}/// {close}");
    }

    private string Xml(string text, IReadOnlyList<Parameter> parameters)
    {
        var xml = text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
        xml = Quoted().Replace(xml, quoted => parameters.Any(p => p.Name == quoted.Groups[1].Value)
            ? $"<paramref name=\"{CSharpName.Camel(quoted.Groups[1].Value)}\"/>"
            : $"<c>{quoted.Groups[1].Value}</c>");
        return Name().Replace(xml, name => references.TryGetValue(name.Value, out var reference)
            ? $"<see cref=\"{reference}\"/>"
            : name.Value);
    }

    [GeneratedRegex(@"^`(\w+)`: (.*)$")]
    private static partial Regex ParameterLine();

    [GeneratedRegex("`([^`]*)`")]
    private static partial Regex Quoted();

    /// <summary>A name of C, or a member of one.</summary>
    [GeneratedRegex(@"\w+_\w+(\.\w+)?")]
    private static partial Regex Name();

    /// <summary>A space that is not within a tag.</summary>
    [GeneratedRegex(@"\s+(?![^<]*/?>)")]
    private static partial Regex Space();
}
