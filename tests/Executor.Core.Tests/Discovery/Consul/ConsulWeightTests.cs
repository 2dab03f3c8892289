using Executor.Core.Discovery.Consul;
using Executor.Core.Hooks;

namespace Executor.Core.Tests.Discovery.Consul;

/// <summary>The weights of an instance, and how they rise.</summary>
public sealed class ConsulWeightTests
{
    [TestCase(null, null, "1 1 1")]
    [TestCase("20", null, "20 20 20")]
    [TestCase(null, "1", "1 20 40 60 80 100 100")]
    [TestCase("10", "2/12secs/2", "2 6 10 10")]
    [TestCase("3", "1/1secs", "1 1 1 2 2 3")]
    public void It_rises_in_equal_steps_to_the_full_one(string? full, string? warmUp, string expected)
    {
        var weight = Of(full, warmUp);

        var weights = expected.Split(' ').Select((_, step) => weight.At(weight.Step * step));

        Assert.That(string.Join(' ', weights), Is.EqualTo(expected));
        Assert.That(weight.At(TimeSpan.FromDays(1)), Is.EqualTo(weight.Full));
    }

    [TestCase("0", null)]
    [TestCase("65536", null)]
    [TestCase("heavy", null)]
    [TestCase("10", "10")]
    [TestCase(null, "0")]
    [TestCase(null, "1/soon")]
    [TestCase(null, "1/10ms")]
    [TestCase(null, "1/30secs/0")]
    [TestCase(null, "1/30secs/5/5")]
    public void What_makes_no_sense_is_refused(string? full, string? warmUp)
    {
        var (label, value) = warmUp is null ? ("consul-weight", full) : ("consul-warmup-weight", warmUp);

        Assert.That(() => Of(full, warmUp), Throws.TypeOf<InvalidTaskException>().With.Message.StartsWith($"label {label} is \"{value}\": accepted is "));
    }

    private static ConsulWeight Of(string? full, string? warmUp)
    {
        var labels = new Dictionary<string, string>();
        if (full is not null) labels["consul-weight"] = full;
        if (warmUp is not null) labels["consul-warmup-weight"] = warmUp;
        return ConsulWeight.Of(new TaskLabels(labels));
    }
}
