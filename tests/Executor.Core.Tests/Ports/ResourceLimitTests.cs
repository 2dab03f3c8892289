using Executor.Core.Ports;

namespace Executor.Core.Tests.Ports;

public sealed class ResourceLimitTests
{
    [Test]
    public void Soft_and_hard_are_one_number_or_two()
    {
        Assert.That(ResourceLimit.TryParse("nofile=1024:4096, core=0,nproc=unlimited,as=1:unlimited", out var limits, out _));

        ResourceLimit[] expected =
        [
            new("nofile", 1024, 4096), new("core", 0, 0), new("nproc", ulong.MaxValue, ulong.MaxValue),
            new("as", 1, ulong.MaxValue),
        ];
        Assert.That(limits, Is.EqualTo(expected));
    }

    [TestCase("nofile", "\"nofile\" is not name=soft:hard")]
    [TestCase("nofile=1,", "\"\" is not name=soft:hard")]
    [TestCase("files=1", "there is no limit \"files\", only cpu, fsize, ")]
    [TestCase("NOFILE=1", "there is no limit \"NOFILE\"")]
    [TestCase("core=1:2:3", "\"1:2:3\" of core is not soft:hard")]
    [TestCase("core=-1", "\"-1\" of core is not")]
    [TestCase("core=1k", "\"1k\" of core is not")]
    [TestCase("core=", "\"\" of core is not")]
    [TestCase("core=2:1", "the soft limit of core is above the hard one")]
    [TestCase("core=unlimited:1", "the soft limit of core is above the hard one")]
    [TestCase("core=1,core=2", "core stands there twice")]
    public void The_first_entry_that_is_wrong_is_named(string text, string error)
    {
        Assert.That(ResourceLimit.TryParse(text, out _, out var actual), Is.False);
        Assert.That(actual, Does.StartWith(error));
    }

    [Test]
    public void It_is_written_as_it_is_read() =>
        Assert.That(new ResourceLimit("as", 1, ulong.MaxValue).ToString(), Is.EqualTo("as=1:unlimited"));
}
