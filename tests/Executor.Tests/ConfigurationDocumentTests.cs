using System.Text.RegularExpressions;
using Executor.Core;
using Executor.Core.Configuration;

namespace Executor.Tests;

/// <summary>The help and the documents, held against the table of settings and labels.</summary>
public sealed partial class ConfigurationDocumentTests
{
    /// <summary>What the documents show as a mistake.</summary>
    private const string Misspelt = "EXECUTOR_LOGLEVEL";

    private static readonly string[] Reference = File.ReadAllLines(Path.Combine(Repository.Root, "docs/configuration.md"));

    private static IEnumerable<TestCaseData> Settings => AllSettings.Table.Concat(AllSettings.Labels)
        .Select(setting => new TestCaseData(setting).SetArgDisplayNames(setting.Name));

    private static IEnumerable<string> Documents => Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md")
        .Append(Path.Combine(Repository.Root, "README.md"))
        .Append(Path.Combine(Repository.Root, "CHANGELOG.md"))
        .Select(file => Path.GetRelativePath(Repository.Root, file));

    [TestCaseSource(nameof(Settings))]
    public void Every_setting_and_label_is_in_the_help_and_in_the_reference(Setting setting)
    {
        var initial = setting.DefaultText == "none" ? "none" : $"`{setting.DefaultText}`";

        Assert.That(CommandLine.Help(), Does.Contain($"{setting.Name}\n      {setting.Description}"));
        Assert.That(Reference, Has.One.StartsWith($"| `{setting.Name}` |")
            .And.Contain($"| {initial} | `{setting.Example.Replace("|", "\\|", StringComparison.Ordinal)}` | {setting.Since} |"));
    }

    [TestCaseSource(nameof(Documents))]
    public void A_document_names_only_settings_and_labels_that_there_are(string path)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, path));
        var unknown = Variable().Matches(text).Select(match => match.Value).Where(name => !IsVariable(name))
            .Concat(Label().Matches(text).Select(match => match.Groups[1].Value).Where(name => !IsLabel(name)))
            .Concat(LabelRows(text).Where(name => !IsLabel(name)));

        Assert.That(unknown, Is.Empty);
    }

    [TestCaseSource(nameof(Settings))]
    public void Every_setting_and_label_came_with_a_release_that_the_changelog_has(Setting setting) => Assert.That(
        File.ReadLines(Path.Combine(Repository.Root, "CHANGELOG.md")), Has.Some.StartsWith($"## {setting.Since}"));

    [Test]
    public void The_effective_configuration_shows_where_each_value_comes_from()
    {
        var environment = new Dictionary<string, string> { ["EXECUTOR_DRIVER"] = "managed" };

        var shown = CommandLine.Configuration(environment);

        Assert.That(shown, Does.Contain("EXECUTOR_DRIVER=managed  # environment\n"));
        Assert.That(shown, Does.Contain("EXECUTOR_LOG_LEVEL=info  # default\n"));
    }

    /// <summary>A name with an underscore at its end stands for all that begin so.</summary>
    private static bool IsVariable(string name) => name == Misspelt
        || AllSettings.Table.Any(setting => name.EndsWith('_') ? setting.Name.StartsWith(name, StringComparison.Ordinal) : setting.Name == name);

    private static bool IsLabel(string name) => AllSettings.Labels.Any(label => label.Name == name);

    /// <summary>The first cells of the tables whose first column is headed label.</summary>
    private static IEnumerable<string> LabelRows(string text)
    {
        var inside = false;
        foreach (var line in text.Split('\n'))
        {
            inside = line.StartsWith("| label |", StringComparison.Ordinal) || (inside && line.StartsWith('|'));
            if (inside && LabelRow().Match(line) is { Success: true } row) yield return row.Groups[1].Value;
        }
    }

    [GeneratedRegex(@"(?<![A-Za-z0-9_])EXECUTOR_[A-Z0-9_]*")]
    private static partial Regex Variable();

    /// <summary>With a value behind it or without: <c>label `drain`</c>, <c>label `config-override: true`</c>.</summary>
    [GeneratedRegex(@"\blabel\s+`([^`\s]+?)(?::?\s[^`]*)?`")]
    private static partial Regex Label();

    [GeneratedRegex(@"^\| `([^`]+)` \|")]
    private static partial Regex LabelRow();
}
