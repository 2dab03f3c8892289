using Executor.Core.Configuration;

namespace Executor.Core.Tests.Configuration;

public sealed class MesosDurationTests
{
    [TestCase("100ns", 1)]
    [TestCase("1us", 10)]
    [TestCase("1ms", 10_000)]
    [TestCase("5secs", 50_000_000)]
    [TestCase("15mins", 9_000_000_000)]
    [TestCase("2hrs", 72_000_000_000)]
    [TestCase("1days", 864_000_000_000)]
    [TestCase("1weeks", 6_048_000_000_000)]
    [TestCase("0secs", 0)]
    [TestCase("1.5mins", 900_000_000)]
    [TestCase("1.1secs", 11_000_000)]
    [TestCase("0.25ms", 2_500)]
    [TestCase("149ns", 1)]
    public void A_number_and_a_unit_are_a_duration(string text, long ticks)
    {
        Assert.That(MesosDuration.TryParse(text, out var duration), Is.True);
        Assert.That(duration.Ticks, Is.EqualTo(ticks));
    }

    [TestCase("")]
    [TestCase("5")]
    [TestCase("secs")]
    [TestCase("5 secs")]
    [TestCase(" 5secs")]
    [TestCase("5secs ")]
    [TestCase("5sec")]
    [TestCase("5SECS")]
    [TestCase("5s")]
    [TestCase("-5secs")]
    [TestCase("+5secs")]
    [TestCase("1e3secs")]
    [TestCase("1,5secs")]
    [TestCase("1.5.2secs")]
    [TestCase(".secs")]
    [TestCase("99999999999weeks")]
    [TestCase("200000days")]
    public void Anything_else_is_none(string text)
    {
        Assert.That(MesosDuration.TryParse(text, out var duration), Is.False);
        Assert.That(duration, Is.EqualTo(TimeSpan.Zero));
    }

    [TestCase("5secs")]
    [TestCase("90secs")]
    [TestCase("15mins")]
    [TestCase("2weeks")]
    [TestCase("100ns")]
    [TestCase("0ns")]
    public void A_duration_is_written_in_its_largest_whole_unit(string text)
    {
        Assert.That(MesosDuration.TryParse(text, out var duration), Is.True);
        Assert.That(MesosDuration.Format(duration), Is.EqualTo(text));
    }
}
