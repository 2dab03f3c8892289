using System.Runtime.Versioning;
using Executor.Core.Ports;

namespace Executor.Core.Tests.Processes;

/// <summary>The life of a task on Linux 3.10, as far as system calls go: CentOS 7, the oldest that agents run on.</summary>
[SupportedOSPlatform("linux")]
internal sealed class OldKernelTests : ProcessTests
{
    private Folder _folder = null!;
    private string _supervisor = null!;

    [SetUp]
    public void WrapSupervisor()
    {
        _folder = new Folder();
        _supervisor = _folder.Script("supervisor", $"exec '{OldKernelPath}' '{SupervisorPath}'");
    }

    [TearDown]
    public void RemoveWrapper() => _folder.Dispose();

    [Test]
    public async Task A_program_runs_and_ends_with_its_status()
    {
        await using var process = await LaunchAsync(Sh("exit 7"), _supervisor);

        Assert.That((await process.LeaderExit.WaitAsync(Limit)).Code, Is.EqualTo(7));
        await process.TreeEmpty.WaitAsync(Limit);
    }

    [Test]
    public async Task A_program_that_is_not_there_is_told()
    {
        var error = await Assert.ThrowsAsync<ProcessStartException>(() => LaunchAsync(Program("/no/such"), _supervisor));

        Assert.That(error!.Step, Is.EqualTo("exec"));
    }

    [TestCase(Sigterm)]
    [TestCase(Sigkill)]
    public async Task A_signal_ends_the_leader_and_the_daemons_it_left(int signal)
    {
        using var output = new Output();
        var description = Sh("for i in 1 2; do (setsid sh -c 'echo ready; sleep 1000 & wait' &); done; exec sleep 1000")
            with
        { StandardOutput = output.Handle };
        await using var process = await LaunchAsync(description, _supervisor);
        for (var i = 0; i < 2; i++) Assert.That(await output.ReadLineAsync(Limit), Is.EqualTo("ready"));

        process.Signal(signal);

        Assert.That((await process.LeaderExit.WaitAsync(Limit)).Signal, Is.EqualTo(signal));
        await process.TreeEmpty.WaitAsync(Limit);
        Assert.That(await output.ReadToEndAsync(Limit), Is.Empty, "nobody holds it any more");
    }

    [Test]
    public async Task Daemons_that_outlive_the_leader_and_ignore_SIGTERM_end_with_SIGKILL()
    {
        using var output = new Output();
        var description = Sh("(setsid sh -c 'trap \"\" TERM; echo ready; sleep 1000' &); exit 3")
            with
        { StandardOutput = output.Handle };
        await using var process = await LaunchAsync(description, _supervisor);
        Assert.That(await output.ReadLineAsync(Limit), Is.EqualTo("ready"));
        Assert.That((await process.LeaderExit.WaitAsync(Limit)).Code, Is.EqualTo(3));

        process.Signal(Sigterm);
        Assert.That(process.TreeEmpty.IsCompleted, Is.False);
        process.Signal(Sigkill);

        await process.TreeEmpty.WaitAsync(Limit);
        Assert.That(await output.ReadToEndAsync(Limit), Is.Empty);
    }

    [Test]
    public async Task A_killed_supervisor_leaves_nothing_behind()
    {
        using var output = new Output();
        var description = Sh("(setsid sh -c 'echo ready; sleep 1000' &); exec sleep 1000") with { StandardOutput = output.Handle };
        await using var process = await LaunchAsync(description, _supervisor);
        await output.ReadLineAsync(Limit);

        _ = Core.Processes.Libc.Kill(ProcFile.Parent(process.Pid), Sigkill);

        await process.TreeEmpty.WaitAsync(Limit);
        Assert.That(await output.ReadToEndAsync(Limit), Is.Empty);
    }
}
