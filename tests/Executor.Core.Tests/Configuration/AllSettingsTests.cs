using Executor.Core.Configuration;

namespace Executor.Core.Tests.Configuration;

public sealed class AllSettingsTests
{
    private static IEnumerable<TestCaseData> Settings => AllSettings.Table.Concat(AllSettings.Labels)
        .Select(setting => new TestCaseData(setting).SetArgDisplayNames(setting.Name));

    [TestCaseSource(nameof(Settings))]
    public void What_is_given_as_example_and_default_is_accepted_and_they_differ(Setting setting)
    {
        Assert.That(setting.Example, Is.Not.Empty.And.Not.EqualTo(setting.Default));
        Assert.That(setting.Accepts(setting.Example, out var detail), detail);
        Assert.That(setting.Default.Length == 0 || setting.Accepts(setting.Default, out _));
    }

    /// <summary>Doctor looks at them.</summary>
    [Test]
    public void What_is_a_path_says_what_it_leads_to() => Assert.That(
        AllSettings.Table.Where(setting => setting.Accepted.EndsWith(" path", StringComparison.Ordinal)).Select(setting => setting.Path), Has.None.Null);

    [Test]
    public void Variables_have_the_prefix_labels_have_not_and_no_name_is_there_twice()
    {
        var names = AllSettings.Table.Concat(AllSettings.Labels).Select(setting => setting.Name);

        Assert.That(AllSettings.Table.Select(setting => setting.Name), Has.All.StartsWith(Core.Configuration.Settings.Prefix));
        Assert.That(AllSettings.Labels.Select(label => label.Name), Has.None.StartsWith(Core.Configuration.Settings.Prefix));
        Assert.That(names, Is.Unique);
    }

    [Test]
    public void A_setting_says_which_label_wins_over_it() => Assert.That(
        AllSettings.Describe(AllSettings.Table.Single(setting => setting.Name == "EXECUTOR_DRAIN")), Does.EndWith(" The label drain wins."));
}
