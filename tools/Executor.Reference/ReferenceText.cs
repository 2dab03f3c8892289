using System.Text;
using System.Text.RegularExpressions;
using Executor.Core;
using Executor.Core.Configuration;

namespace Executor.Reference;

/// <summary>The reference of settings and labels as Markdown: for each topic a table of variables and one of labels.</summary>
internal static partial class ReferenceText
{
    private const string Begin = "<!-- settings -->\n";
    private const string End = "<!-- end of settings -->\n";

    /// <returns>Null where the document has no place for it.</returns>
    public static string? PutInto(string document) =>
        document.IndexOf(Begin, StringComparison.Ordinal) is >= 0 and var begin
        && document.IndexOf(End, begin, StringComparison.Ordinal) is >= 0 and var end
            ? $"{document[..(begin + Begin.Length)]}\n{string.Concat(AllSettings.Topics.Select(Section))}{document[end..]}"
            : null;

    private static string Section(SettingTopic topic) => $"""
        ## {topic.Title}

        More in [{topic.Document}]({topic.Document}).

        {Table("variable", topic.Settings)}{Table("label", topic.Labels)}
        """;

    private static string Table(string kind, IReadOnlyList<Setting> settings)
    {
        if (settings.Count == 0) return "";
        var table = new StringBuilder($"| {kind} | accepted | default | example | since | what |\n|---|---|---|---|---|---|\n");
        foreach (var setting in settings)
        {
            var initial = setting.DefaultText == "none" ? "none" : Code(setting.DefaultText);
            table.Append(
                $"| {Code(setting.Name)} | {Text(setting.Accepted)} | {initial} | {Code(setting.Example)} | {setting.Since} | {Text(AllSettings.Describe(setting))} |\n");
        }

        return table.Append('\n').ToString();
    }

    private static string Code(string text) => $"`{text.Replace("|", "\\|", StringComparison.Ordinal)}`";

    /// <summary>Names, places and addresses become code: Markdown would make links and HTML of some of them.</summary>
    private static string Text(string text) => Literal().Replace(text.Replace("|", "\\|", StringComparison.Ordinal), "`$0`");

    [GeneratedRegex(@"\b(?!TASK_)[A-Z]+(_[A-Z0-9]+)+\b|(?<=\blabel )[\w:<>-]*[\w>]|\{\w+\}|[\w+]*://[^\s,;]*|[\w-]+:[\w-]*/[\w/-]+")]
    private static partial Regex Literal();
}
