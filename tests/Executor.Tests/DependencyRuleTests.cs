using System.Text.RegularExpressions;

namespace Executor.Tests;

/// <summary>The design's dependency rule, held against what the sources say.</summary>
public sealed partial class DependencyRuleTests
{
    /// <summary>What each project may see of the others.</summary>
    [TestCase("src/Executor.Core", "")]
    [TestCase("src/Executor.Libprocess", "Executor.Core")]
    [TestCase("src/Executor.Control", "Executor.Core Executor.Libprocess Executor.Interop")]
    [TestCase("src/Executor", "Executor.Core Executor.Libprocess Executor.Interop")]
    [TestCase("interop/Executor.Interop", "Executor.Core")]
    [TestCase("interop/Executor.Interop.Generator", "")]
    public void A_project_references_only_what_it_may(string project, string allowed)
    {
        var references = Directory.GetFiles(Path.Combine(Repository.Root, project), "*.csproj")
            .SelectMany(File.ReadLines)
            .Select(line => ProjectReference().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups[1].Value)
            .Distinct();

        Assert.That(references, Is.SubsetOf(allowed.Split(' ')));
    }

    /// <summary>What each part of Core may use of Core; a feature never uses another one.</summary>
    [TestCase("Ports", "Ports")]
    [TestCase("Configuration", "Configuration Ports")]
    [TestCase("Processes", "Processes Ports Configuration")]
    [TestCase("Hooks", "Hooks Ports Processes Configuration")]
    [TestCase("Lifecycle", "Lifecycle Ports Processes Configuration Hooks")]
    public void A_part_of_Core_uses_only_what_it_may(string part, string allowed)
    {
        var used = Directory.GetFiles(Path.Combine(Repository.Root, "src/Executor.Core", part), "*.cs", SearchOption.AllDirectories)
            .SelectMany(File.ReadLines)
            .Select(line => UsingCore().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups[1].Value)
            .Distinct();

        Assert.That(used, Is.SubsetOf(allowed.Split(' ')));
    }

    [Test]
    public void Every_part_of_Core_stands_under_the_rule()
    {
        var parts = Directory.GetDirectories(Path.Combine(Repository.Root, "src/Executor.Core"))
            .Select(Path.GetFileName)
            .Except(["bin", "obj"]);
        var ruled = typeof(DependencyRuleTests).GetMethod(nameof(A_part_of_Core_uses_only_what_it_may))!
            .GetCustomAttributes(typeof(TestCaseAttribute), false)
            .Select(a => (string)((TestCaseAttribute)a).Arguments[0]!);

        Assert.That(parts, Is.SubsetOf(ruled));
    }

    /// <summary>Of Core, a driver sees only the ports and the settings that describe the agent.</summary>
    [TestCase("src/Executor.Libprocess")]
    [TestCase("interop/Executor.Interop")]
    public void A_driver_sees_only_the_ports_of_Core(string project)
    {
        var used = Directory.GetFiles(Path.Combine(Repository.Root, project), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(File.ReadLines)
            .Select(line => UsingCore().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups[1].Value)
            .Distinct();

        Assert.That(used, Is.SubsetOf(["Ports", "Configuration"]));
    }

    [GeneratedRegex(@"<ProjectReference Include="".*/([A-Za-z.]+)\.csproj""")]
    private static partial Regex ProjectReference();

    [GeneratedRegex(@"^using Executor\.Core\.([A-Za-z]+)")]
    private static partial Regex UsingCore();
}
