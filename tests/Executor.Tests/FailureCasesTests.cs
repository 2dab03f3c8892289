using System.Globalization;
using System.Text.RegularExpressions;

namespace Executor.Tests;

/// <summary>docs/failure-cases.md, held against the tests that it names.</summary>
public sealed partial class FailureCasesTests
{
    private const string NoTest = "Cannot arise: ";

    private sealed record Row(string Number, string Case, string Holds, string Proof);

    private static readonly string[] Document = File.ReadAllLines(Path.Combine(Repository.Root, "docs/failure-cases.md"));

    /// <summary>The text of every file that declares the class, by class.</summary>
    private static readonly ILookup<string, string> Fixtures = Sources()
        .SelectMany(text => ClassName().Matches(text).Select(match => (Class: match.Groups[1].Value, text)))
        .ToLookup(found => found.Class, found => found.text);

    private static readonly string Scenarios = string.Concat(
        Directory.GetFiles(Path.Combine(Repository.Root, "native/bridge/tests"), "*.cpp").Select(File.ReadAllText));

    private static IEnumerable<Row> Rows { get; } = [.. Document
        .Where(line => TableRow().IsMatch(line))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
        .Select(cells => cells.Length == 6
            ? new Row(cells[1], cells[2], cells[3], cells[4])
            : throw new InvalidDataException($"not four cells: {string.Join('|', cells)}"))];

    private static IEnumerable<TestCaseData> RowCases => Rows.Select((row, i) =>
        new TestCaseData(row.Case, row.Holds, row.Proof).SetArgDisplayNames($"{(i < 50 ? "case" : "bug")} {row.Number}"));

    [Test]
    public void Every_case_stands_there_once_and_in_order()
    {
        var cases = Rows.Take(50).Select(row => int.Parse(row.Number, CultureInfo.InvariantCulture));
        var bugs = Rows.Skip(50).Select(row => int.Parse(row.Number, CultureInfo.InvariantCulture));

        Assert.That(cases, Is.EqualTo(Enumerable.Range(1, 50)));
        Assert.That(bugs, Is.Not.Empty.And.Ordered.And.Unique);
    }

    [TestCaseSource(nameof(RowCases))]
    public void It_is_told_and_proved_by_tests_that_exist_or_cannot_arise(string what, string holds, string proof)
    {
        Assert.That(what, Is.Not.Empty);
        Assert.That(holds, Is.Not.Empty);
        if (proof.StartsWith(NoTest, StringComparison.Ordinal))
        {
            Assert.That(proof[NoTest.Length..], Is.Not.Empty);
            return;
        }

        var entries = proof.Split(", ");
        foreach (var entry in entries) Assert.That(Exists(entry), $"there is no such test: {entry}");
    }

    private static bool Exists(string entry)
    {
        if (ScenarioEntry().Match(entry) is { Success: true } scenario)
            return Scenarios.Contains($"{{\"{scenario.Groups[1].Value}\"", StringComparison.Ordinal);
        return TestEntry().Match(entry) is { Success: true } test
            && Fixtures[test.Groups[1].Value].Any(text => Declares(text, test.Groups[2].Value));
    }

    private static bool Declares(string text, string test) => Regex.IsMatch(text, $@"\bpublic (async Task|void) {test}\(");

    private static IEnumerable<string> Sources() =>
        Directory.GetDirectories(Path.Combine(Repository.Root, "tests"), "*.Tests")
            .SelectMany(project => Directory.GetFiles(project, "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .Select(File.ReadAllText);

    [GeneratedRegex(@"^\| \d+ \|")]
    private static partial Regex TableRow();

    [GeneratedRegex(@"\bclass (\w+)")]
    private static partial Regex ClassName();

    [GeneratedRegex(@"^`(\w+)\.(\w+)`$")]
    private static partial Regex TestEntry();

    [GeneratedRegex(@"^bridge-test `(\w+)`$")]
    private static partial Regex ScenarioEntry();
}
