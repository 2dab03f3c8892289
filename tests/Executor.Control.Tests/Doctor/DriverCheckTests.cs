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

    [TestCase("EXECUTOR_DRIVER", "Managed")]
    [TestCase("EXECUTOR_LIBMESOS", "./libmesos.so")]
    [TestCase("EXECUTOR_LOG_LEVEL", "loud")]
    public async Task With_a_setting_that_is_not_accepted_there_is_no_driver(string name, string value)
    {
        var check = new DriverCheck(new Dictionary<string, string> { [name] = value }, verbose: false);

        Assert.That(
            await check.RunAsync(),
            Is.EqualTo([new Finding(Verdict.Failed, "driver", "none: settings are not accepted")]).Using<Finding>(SameText));
    }

    private static bool SameText(Finding one, Finding other) =>
        (one.Verdict, one.Check, one.Found, one.Advice) == (other.Verdict, other.Check, other.Found, other.Advice);
}
