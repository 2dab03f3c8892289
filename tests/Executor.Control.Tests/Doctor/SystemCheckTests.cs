using Executor.Control.Doctor;

namespace Executor.Control.Tests.Doctor;

public class SystemCheckTests
{
    [TestCase("3.4", true)]
    [TestCase("3.10.0", true)]
    [TestCase("6.1.0.18", true)]
    [TestCase("3.3.8", false)]
    [TestCase("2.6.32", false)]
    public void What_is_older_than_the_least_fails(string version, bool enough)
    {
        var finding = SystemCheck.Compare("kernel", Version.Parse(version), new Version(3, 4));

        Assert.That(finding.Verdict, Is.EqualTo(enough ? Verdict.Ok : Verdict.Failed));
        Assert.That(finding.Advice is null, Is.EqualTo(enough));
    }

    [Test]
    public async Task This_host_is_new_enough()
    {
        var findings = await new SystemCheck().RunAsync();

        Assert.That(findings.Select(finding => finding.Check), Is.EqualTo(new[] { "kernel", "glibc" }));
        Assert.That(findings.Select(finding => finding.Verdict), Is.All.EqualTo(Verdict.Ok));
    }
}
