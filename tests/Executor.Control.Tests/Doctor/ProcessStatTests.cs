using Executor.Control.Doctor;

namespace Executor.Control.Tests.Doctor;

public class ProcessStatTests
{
    [TestCase("12 (sh) S 10 12 11 0 -1")]
    [TestCase("12 (a) R 7 8) S 10 12 11 0 -1")]
    public void Parent_and_session_are_read_whatever_the_name(string text) =>
        Assert.That(ProcessStat.Parse(text), Is.EqualTo(new ProcessStat(10, 11)));

    [TestCase("")]
    [TestCase("sh: 1: cannot open /proc/12/stat")]
    [TestCase("12 (sh) S 10")]
    [TestCase("12 (sh) S ten 12 11 0")]
    public void What_is_no_stat_is_nothing(string text) => Assert.That(ProcessStat.Parse(text), Is.Null);

    [Test]
    public void A_process_that_has_ended_is_nothing() => Assert.That(ProcessStat.Of(int.MaxValue), Is.Null);
}
