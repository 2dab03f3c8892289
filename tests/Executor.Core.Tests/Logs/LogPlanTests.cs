using Executor.Core.Configuration;
using Executor.Core.Hooks;
using Executor.Core.Logs;
using Executor.Core.Tests.Hooks;

namespace Executor.Core.Tests.Logs;

public sealed class LogPlanTests
{
    [Test]
    public void A_task_without_labels_goes_to_the_files() => Assert.That(Plan().Mode, Is.EqualTo(LogMode.File));

    [Test]
    public void The_label_of_the_reference_alone_asks_for_both()
    {
        var plan = Plan(("log-scraping", "logstash"));

        Assert.That((plan.Mode, plan.Format), Is.EqualTo((LogMode.Both, LogFormat.Logstash)));
    }

    [Test]
    public void Labels_win_over_settings()
    {
        var plan = Plan(("log-mode", "ship"), ("log-rate-limit", "7"), ("log-line-size", "2KiB"), ("log-ignore-keys", "a, b"), ("log-strip-ansi", "true"));

        Assert.That((plan.Mode, plan.RateLimit, plan.LineSize, plan.StripAnsi), Is.EqualTo((LogMode.Ship, 7, 2048, true)));
        Assert.That(plan.IgnoreKeys, Is.EqualTo(new[] { "a", "b" }));
    }

    [TestCase("log-mode", "files", "file, ship, both, none")]
    [TestCase("log-scraping", "xml", "auto, json, logfmt, raw, logstash")]
    [TestCase("log-line-size", "1", "a size from 1KiB to 64MiB")]
    [TestCase("log-multiline", "(", "a regular expression")]
    [TestCase("log-multiline", "(?=x)", "without lookarounds")]
    public void A_label_that_is_not_accepted_is_an_error_that_names_it(string name, string value, string accepted) => Assert.That(
        () => Plan((name, value)), Throws.InstanceOf<InvalidTaskException>().With.Message.Contain($"label {name} is \"{value}\"").And.Message.Contain(accepted));

    [TestCase("100MiB", 100L << 20)]
    [TestCase("0B", 0)]
    public void Sizes_have_a_unit(string text, long expected) =>
        Assert.That((ByteSize.TryParse(text, out var size), size, ByteSize.Format(size)), Is.EqualTo((true, expected, text)));

    [TestCase("100")]
    [TestCase("MiB")]
    [TestCase("1.5MiB")]
    [TestCase("-1B")]
    [TestCase("9999999999GiB")]
    public void What_is_no_size_is_refused(string text) => Assert.That(ByteSize.TryParse(text, out _), Is.False);

    [TestCase("bogus=x")]
    [TestCase("task=id,Region=dc")]
    [TestCase("=x")]
    [TestCase("task")]
    public void A_name_of_no_field_is_refused_with_those_that_there_are(string names)
    {
        var read = AllSettings.TryRead(new Dictionary<string, string> { ["EXECUTOR_LOG_FIELD_NAMES"] = names }, out _, out var errors);

        Assert.That(read, Is.False);
        Assert.That(string.Join('\n', errors), Does.Contain("EXECUTOR_LOG_FIELD_NAMES").And.Contain("stream, task, app, executor, host"));
    }

    private static LogPlan Plan(params (string Key, string Value)[] labels)
    {
        Assert.That(AllSettings.TryRead(new Dictionary<string, string>(), out var settings, out _));
        return LogPlan.Of(settings!, Hooked.Task(Hooked.Labels(labels)).Labels);
    }
}
