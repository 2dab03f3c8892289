using Executor.Control.Doctor;

namespace Executor.Control.Tests.Doctor;

[CancelAfter(30_000)]
public class SupervisorCheckTests
{
    private static async Task<Finding> FindingAsync(string path) =>
        (await new SupervisorCheck(path, TimeProvider.System).RunAsync()).Single();

    [Test]
    public async Task A_supervisor_that_does_its_work_is_ok_and_nothing_is_left_behind()
    {
        var finding = await FindingAsync(Path.Combine(Repository.Root, "out", "task-supervisor"));

        Assert.That(finding.Verdict, Is.EqualTo(Verdict.Ok), finding.Found);
        Assert.That(ProcessStat.ChildrenOf(Environment.ProcessId), Is.Empty);
    }

    [Test]
    public async Task A_missing_supervisor_fails_and_is_named()
    {
        var finding = await FindingAsync("/no/such/task-supervisor");

        Assert.That(finding.Verdict, Is.EqualTo(Verdict.Failed));
        Assert.That(finding.Found, Does.Contain("\"/no/such/task-supervisor\"").And.Contain("ENOENT"));
        Assert.That(finding.Advice, Is.Not.Null);
    }

    [Test]
    public async Task A_program_that_is_no_supervisor_fails()
    {
        var finding = await FindingAsync("/bin/true");

        Assert.That(finding.Verdict, Is.EqualTo(Verdict.Failed));
        Assert.That(finding.Found, Does.Contain("exited with status 0 before it had started the program"));
    }
}
