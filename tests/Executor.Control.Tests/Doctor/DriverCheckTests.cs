using Executor.Control.Doctor;

namespace Executor.Control.Tests.Doctor;

public class DriverCheckTests
{
    [Test]
    public async Task Under_managed_no_libmesos_is_looked_for()
    {
        var environment = new Dictionary<string, string>
        {
            ["EXECUTOR_DRIVER"] = "managed",
            ["EXECUTOR_LIBMESOS"] = "/etc/passwd",
        };

        var finding = (await new DriverCheck(environment, verbose: false).RunAsync()).Single();

        Assert.That(finding.Verdict, Is.EqualTo(Verdict.Ok));
        Assert.That(finding.Found, Is.EqualTo("the managed driver will be used: EXECUTOR_DRIVER is managed, no libmesos is needed"));
        Assert.That(finding.Facts["driver"], Is.EqualTo("managed"));
    }
}
