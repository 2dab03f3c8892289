using Executor.Control.CommandLine;

namespace Executor.Control.Tests.CommandLine;

public class DurationsTests
{
    [TestCase("500ms", 500)]
    [TestCase("5s", 5_000)]
    [TestCase("2m", 120_000)]
    [TestCase("1h", 3_600_000)]
    [TestCase("7", 7_000)]
    [TestCase("0.5", 500)]
    [TestCase("0", 0)]
    public void A_duration_is_a_number_and_a_unit(string text, double milliseconds)
    {
        Assert.That(Durations.TryParse(text, out var duration), Is.True);
        Assert.That(duration.TotalMilliseconds, Is.EqualTo(milliseconds));
    }

    [TestCase("")]
    [TestCase("s")]
    [TestCase("-5s")]
    [TestCase("5 s")]
    [TestCase("5d")]
    [TestCase("1e3")]
    [TestCase("NaN")]
    [TestCase("2000h")]
    public void Anything_else_is_none(string text) => Assert.That(Durations.TryParse(text, out _), Is.False);
}
