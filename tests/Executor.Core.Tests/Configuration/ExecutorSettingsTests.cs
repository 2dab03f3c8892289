using Executor.Core.Configuration;

namespace Executor.Core.Tests.Configuration;

public sealed class ExecutorSettingsTests
{
    [Test]
    public void Every_setting_has_a_default_that_it_accepts()
    {
        Assert.That(AllSettings.TryRead(Environment(), out var settings, out _), Is.True);
        Assert.That(settings?.Get(ExecutorSettings.Driver), Is.EqualTo(DriverChoice.Auto));
        Assert.That(settings?.Get(ExecutorSettings.LogLevel), Is.EqualTo("info"));
        Assert.That(settings?.Get(ExecutorSettings.AnyAgentAddress), Is.False);
    }

    [Test]
    public void The_environment_beats_the_default_and_an_empty_value_counts_as_none()
    {
        var environment = Environment(("EXECUTOR_DRIVER", "managed"), ("EXECUTOR_LOG_LEVEL", ""));

        Assert.That(AllSettings.TryRead(environment, out var settings, out _), Is.True);
        Assert.That(settings?.Get(ExecutorSettings.Driver), Is.EqualTo(DriverChoice.Managed));
        Assert.That(settings?.Get(ExecutorSettings.LogLevel), Is.EqualTo("info"));
    }

    [Test]
    public void A_bad_value_gives_one_line_naming_the_variable_the_value_and_what_is_accepted()
    {
        Assert.That(AllSettings.TryRead(Environment(("EXECUTOR_DRIVER", "java")), out _, out var error), Is.False);
        Assert.That(error, Is.EqualTo("EXECUTOR_DRIVER is \"java\": accepted: auto, managed, libmesos"));
    }

    [Test]
    public void What_tasks_get_is_the_agents_where_nothing_else_is_set()
    {
        Assert.That(AllSettings.TryRead(Environment(), out var settings, out _), Is.True);
        Assert.That(settings?.Get(TaskSettings.Rlimits), Is.Empty);
        Assert.That(settings?.Get(TaskSettings.Umask), Is.Null);
        Assert.That(settings?.Get(ExecutorSettings.OomScoreAdjustment), Is.Null);
        Assert.That(settings?.Get(TaskSettings.SigtermExclude), Is.Empty);
    }

    [Test]
    public void What_tasks_get_is_read()
    {
        var environment = Environment(
            ("EXECUTOR_RLIMITS", "core=0"), ("EXECUTOR_UMASK", "0027"), ("EXECUTOR_OOM_SCORE_ADJ", "-500"),
            ("EXECUTOR_SIGTERM_EXCLUDE", "envoy, Fluent-Bit,"));

        Assert.That(AllSettings.TryRead(environment, out var settings, out _), Is.True);
        Assert.That(settings?.Get(TaskSettings.Rlimits).Single().ToString(), Is.EqualTo("core=0:0"));
        Assert.That(settings?.Get(TaskSettings.Umask), Is.EqualTo(0x17));
        Assert.That(settings?.Get(ExecutorSettings.OomScoreAdjustment), Is.EqualTo(-500));
        Assert.That(settings?.Get(TaskSettings.SigtermExclude), Is.EqualTo(["envoy", "Fluent-Bit"]));
    }

    [TestCase("EXECUTOR_UMASK", "8")]
    [TestCase("EXECUTOR_UMASK", "1000")]
    [TestCase("EXECUTOR_UMASK", "-1")]
    [TestCase("EXECUTOR_OOM_SCORE_ADJ", "-1001")]
    [TestCase("EXECUTOR_OOM_SCORE_ADJ", "1001")]
    [TestCase("EXECUTOR_OOM_SCORE_ADJ", "low")]
    [TestCase("EXECUTOR_SIGTERM_EXCLUDE", " , ")]
    [TestCase("EXECUTOR_RLIMITS", "core")]
    public void What_tasks_cannot_get_is_refused(string name, string value)
    {
        Assert.That(AllSettings.TryRead(Environment((name, value)), out _, out var error), Is.False);
        Assert.That(error, Does.StartWith($"{name} is \"{value}\": accepted: "));
    }

    [Test]
    public void A_limit_that_is_wrong_is_explained()
    {
        Assert.That(AllSettings.TryRead(Environment(("EXECUTOR_RLIMITS", "core=0,files=1")), out _, out var error), Is.False);
        Assert.That(error, Does.Contain("; there is no limit \"files\", only cpu, "));
    }

    [TestCase("./libmesos.so", false)]
    [TestCase("lib/libmesos.so", false)]
    [TestCase("/usr/lib/libmesos.so", true)]
    [TestCase("libmesos-1.3.2.so", true)]
    public void A_libmesos_is_an_absolute_path_or_a_name_for_the_loader(string value, bool accepted) => Assert.That(
        AllSettings.TryRead(Environment(("EXECUTOR_LIBMESOS", value)), out _, out _), Is.EqualTo(accepted));

    [Test]
    public void A_misspelt_variable_is_found() => Assert.That(
        AllSettings.Unknown(Environment(("EXECUTOR_DIRVER", "managed"), ("EXECUTOR_DRIVER", "x"), ("PATH", "/"))),
        Is.EqualTo(["EXECUTOR_DIRVER"]));

    private static Dictionary<string, string> Environment(params (string Name, string Value)[] variables) =>
        variables.ToDictionary(v => v.Name, v => v.Value);
}
