using Executor.Core;
using Executor.Core.Configuration;

namespace Executor.Tests;

public sealed class ConfigurationDocumentTests
{
    [TestCaseSource(typeof(AllSettings), nameof(AllSettings.Table))]
    public void Every_setting_is_in_the_help_and_in_the_documents(Setting setting)
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs/configuration.md"));

        Assert.That(CommandLine.Help(), Does.Contain(setting.Name));
        Assert.That(document.Split('\n'), Has.Some.StartsWith($"| `{setting.Name}` |").And.Contain(Default(setting)));
    }

    private static string Default(Setting setting) => setting.Default.Length > 0 ? $"| `{setting.Default}` |" : "| none |";

    [Test]
    public void The_effective_configuration_shows_where_each_value_comes_from()
    {
        var environment = new Dictionary<string, string> { ["EXECUTOR_DRIVER"] = "managed" };

        var shown = CommandLine.Configuration(environment);

        Assert.That(shown, Does.Contain("EXECUTOR_DRIVER=managed  # environment\n"));
        Assert.That(shown, Does.Contain("EXECUTOR_LOG_LEVEL=info  # default\n"));
    }
}
