using Executor.Core.Configuration;

namespace Executor.Tests;

public sealed class ConfigurationDocumentTests
{
    [TestCaseSource(typeof(ExecutorSettings), nameof(ExecutorSettings.All))]
    public void Every_setting_is_in_the_help_and_in_the_documents(Setting setting)
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs/configuration.md"));

        Assert.That(CommandLine.Help(), Does.Contain(setting.Name));
        Assert.That(document, Does.Contain($"| `{setting.Name}` |").And.Contain($"| `{setting.Default}` |"));
    }

    [Test]
    public void The_effective_configuration_shows_where_each_value_comes_from()
    {
        var environment = new Dictionary<string, string> { ["EXECUTOR_DRIVER"] = "managed" };

        var shown = CommandLine.Configuration(environment);

        Assert.That(shown, Does.Contain("EXECUTOR_DRIVER=managed  # environment\n"));
        Assert.That(shown, Does.Contain("EXECUTOR_LOG_LEVEL=info  # default\n"));
    }
}
