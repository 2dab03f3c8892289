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
    [TestCase("tools/Executor.Reference", "Executor.Core")]
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
    [TestCase("Telemetry", "Telemetry")]
    [TestCase("Processes", "Processes Ports Configuration")]
    [TestCase("Hooks", "Hooks Ports Processes Configuration Telemetry")]
    [TestCase("Lifecycle", "Lifecycle Ports Processes Configuration Hooks Telemetry")]
    [TestCase("Health", "Health Hooks Ports Configuration Telemetry")]
    [TestCase("Logs", "Logs Hooks Ports Processes Configuration Telemetry")]
    [TestCase("Discovery", "Discovery Hooks Ports Configuration")]
    [TestCase("Secrets", "Secrets Hooks Ports Configuration")]
    [TestCase("Metrics", "Metrics Hooks Ports Processes Configuration Telemetry")]
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

    /// <summary>What knows a registry or a load balancer could serve elsewhere.</summary>
    [Test]
    public void Nothing_in_discovery_knows_Mesos_but_what_makes_instances()
    {
        var knowing = Directory.GetFiles(
                Path.Combine(Repository.Root, "src/Executor.Core/Discovery"), "*.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadLines(file).Any(line => line.StartsWith("using Mesos", StringComparison.Ordinal)))
            .Select(Path.GetFileName);

        Assert.That(knowing, Is.EquivalentTo(["ServiceInstances.cs"]));
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

    /// <summary>It reaps every child of the process, ours too, and ends the process where one is gone already.</summary>
    [TestCase(typeof(CommandLine))]
    [TestCase(typeof(Core.Ports.IExecutorDriver))]
    [TestCase(typeof(Libprocess.ManagedDriver))]
    [TestCase(typeof(Interop.LibmesosDriver))]
    public void No_part_of_the_executor_brings_the_reaper_of_the_runtime(Type part) => Assert.That(
        part.Assembly.GetReferencedAssemblies().Select(name => name.Name), Has.None.EqualTo("System.Diagnostics.Process"));

    /// <summary>It jumps, so that nothing may wait by it.</summary>
    [Test]
    public void Only_what_others_see_is_taken_from_the_wall_clock()
    {
        string[] parts = ["src/Executor", "src/Executor.Core", "src/Executor.Libprocess", "interop/Executor.Interop"];
        var readers = parts
            .SelectMany(part => Directory.GetFiles(Path.Combine(Repository.Root, part), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .Where(file => File.ReadAllText(file).Contains(nameof(TimeProvider.GetUtcNow), StringComparison.Ordinal))
            .Select(Path.GetFileName);
        var supervisor = Directory.GetFiles(Path.Combine(Repository.Root, "native/supervisor"), "*.c").Select(File.ReadAllText);

        Assert.That(readers, Is.EquivalentTo(["ManagedDriver.cs", "LocalAgent.Updates.cs", "DocumentOpener.cs", "CertificateHook.cs", "Identity.cs", "GraphiteSink.cs", "PrometheusFile.cs", "Backlog.cs"]), "timestamps of statuses, lines and metrics, the age of files, the validity of certificates");
        Assert.That(supervisor, Has.None.Match(@"CLOCK_REALTIME|gettimeofday|\btime\("));
    }

    [GeneratedRegex(@"<ProjectReference Include="".*/([A-Za-z.]+)\.csproj""")]
    private static partial Regex ProjectReference();

    [GeneratedRegex(@"^using Executor\.Core\.([A-Za-z]+)")]
    private static partial Regex UsingCore();
}
