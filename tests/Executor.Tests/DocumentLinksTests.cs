using System.Text.RegularExpressions;

namespace Executor.Tests;

/// <summary>Links between the documents, and from them into the repository.</summary>
public sealed partial class DocumentLinksTests
{
    private static IEnumerable<string> Documents => Directory.GetFiles(Repository.Root, "*.md")
        .Concat(Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md"))
        .Select(file => Path.GetRelativePath(Repository.Root, file));

    [TestCaseSource(nameof(Documents))]
    public void Every_link_leads_to_a_file_and_to_a_heading_in_it(string path)
    {
        var document = Path.Combine(Repository.Root, path);
        var links = Link().Matches(File.ReadAllText(document)).Select(match => match.Groups[1].Value)
            .Where(link => !link.Contains("://", StringComparison.Ordinal));

        Assert.That(links.Where(link => !Exists(document, link)), Is.Empty);
    }

    /// <summary>Who makes a release changes them, too.</summary>
    [Test]
    public void Examples_name_this_release()
    {
        var named = Directory.GetFiles(Path.Combine(Repository.Root, "examples"), "*", SearchOption.AllDirectories)
            .SelectMany(file => Release().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)).ToArray();

        Assert.That(named, Is.Not.Empty.And.All.EqualTo(CommandLine.Version));
    }

    private static bool Exists(string document, string link)
    {
        var parts = link.Split('#');
        var target = parts[0].Length > 0 ? Path.Combine(Path.GetDirectoryName(document)!, parts[0]) : document;
        return parts.Length == 1
            ? Path.Exists(target)
            : File.Exists(target) && File.ReadLines(target).Any(line => line.StartsWith('#') && Anchor(line) == parts[1]);
    }

    /// <summary>As the hosts of repositories make it of a heading.</summary>
    private static string Anchor(string heading) =>
        NotOfAnAnchor().Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"executor-(\d+\.\d+\.\d+)")]
    private static partial Regex Release();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotOfAnAnchor();
}
