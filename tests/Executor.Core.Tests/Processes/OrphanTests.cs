using System.Diagnostics;
using Executor.Core.Processes;

namespace Executor.Core.Tests.Processes;

internal sealed class OrphanTests : ProcessTests
{
    private static readonly byte[] UnknownFrame = [1, 0, 0, 0, 99, 0];
    private static readonly byte[] EndlessFrame = [255, 255, 255, 255, 1];
    private static readonly byte[] EmptyStart = [0, 0, 0, 0, 1];
    private static readonly byte[] TornItem = [6, 0, 0, 0, 1, 1, 200, 0, 0, 0, 0];
    private static readonly byte[] UnknownItem = [6, 0, 0, 0, 1, 77, 1, 0, 0, 0, 0];
    private static readonly byte[] NoString = [6, 0, 0, 0, 1, 1, 1, 0, 0, 0, 65];
    private static readonly byte[][] Malformed =
        [UnknownFrame, EndlessFrame, EmptyStart, TornItem, UnknownItem, NoString];

    [Test]
    public async Task A_tree_whose_executor_vanishes_gets_SIGTERM_and_after_the_grace_SIGKILL()
    {
        using var output = new Output();
        using var supervisor = new RawSupervisor(SupervisorPath, output);
        supervisor.Start(Sh("trap 'echo term' TERM; echo ready; while :; do sleep 1000 & wait; done"));
        Assert.That(await output.ReadLineAsync(Limit), Is.EqualTo("ready"));

        var since = Stopwatch.StartNew();
        supervisor.Control.Dispose();

        Assert.That(await output.ReadToEndAsync(Limit), Is.EqualTo("term\n"));
        Assert.That(since.Elapsed, Is.GreaterThan(TimeSpan.FromMilliseconds(290)), "the grace of 300, where a timer may be a tick early");
        Assert.That((await supervisor.ExitAsync(Limit)).Code, Is.Zero);
    }

    [Test]
    public async Task A_tree_that_obeys_does_not_use_up_the_grace()
    {
        using var output = new Output();
        using var supervisor = new RawSupervisor(SupervisorPath, output);
        supervisor.Start(Program("sleep", "1000") with { OrphanGrace = TimeSpan.FromHours(1) });
        await supervisor.ReadAsync(Limit);

        supervisor.Control.Dispose();

        Assert.That((await supervisor.ExitAsync(Limit)).Code, Is.Zero);
        Assert.That(await output.ReadToEndAsync(Limit), Is.Empty);
    }

    [Test]
    public async Task A_supervisor_that_is_never_told_what_to_run_ends_with_its_executor()
    {
        using var output = new Output();
        using var supervisor = new RawSupervisor(SupervisorPath, output);

        supervisor.Control.Dispose();

        Assert.That((await supervisor.ExitAsync(Limit)).Code, Is.Zero);
    }

    [TestCaseSource(nameof(Malformed))]
    public async Task A_malformed_frame_ends_the_tree_and_then_the_supervisor_with_one_line(byte[] frame)
    {
        using var output = new Output();
        using var error = new Output();
        using var supervisor = new RawSupervisor(SupervisorPath, output, error);
        supervisor.Start(Program("sleep", "1000"));
        Assert.That(await supervisor.ReadAsync(Limit), Is.InstanceOf<SupervisorReport.Started>());

        supervisor.SendRaw(frame);

        Assert.That(await supervisor.ReadAsync(Limit), Is.InstanceOf<SupervisorReport.Exited>());
        Assert.That(await supervisor.ReadAsync(Limit), Is.InstanceOf<SupervisorReport.Empty>());
        Assert.That((await supervisor.ExitAsync(Limit)).Code, Is.EqualTo(2));
        Assert.That(await error.ReadToEndAsync(Limit), Does.Match(@"\Atask-supervisor: [^\n]+\n\z"));
    }

    [TestCaseSource(nameof(Malformed))]
    public async Task A_malformed_first_frame_ends_the_supervisor_with_one_line(byte[] frame)
    {
        using var output = new Output();
        using var error = new Output();
        using var supervisor = new RawSupervisor(SupervisorPath, output, error);

        supervisor.SendRaw(frame);

        Assert.That((await supervisor.ExitAsync(Limit)).Code, Is.EqualTo(2));
        Assert.That(await error.ReadToEndAsync(Limit), Does.Match(@"\Atask-supervisor: [^\n]+\n\z"));
    }

    [Test]
    public async Task Half_a_frame_does_not_keep_the_supervisor_from_its_work()
    {
        using var output = new Output();
        using var supervisor = new RawSupervisor(SupervisorPath, output);
        supervisor.Start(Sh("echo ready; kill -STOP $$; exit 4"));
        var started = (SupervisorReport.Started)(await supervisor.ReadAsync(Limit))!;
        await output.ReadLineAsync(Limit);
        while (ProcFile.State(started.Pid) != 'T') await Task.Yield();

        supervisor.SendRaw(SupervisorFrames.EncodeSignal(Sigterm).AsSpan(0, 7));
        _ = Libc.Kill(started.Pid, Sigcont);

        var exited = await supervisor.ReadAsync(Limit) as SupervisorReport.Exited;
        Assert.That(exited?.Exit.Code, Is.EqualTo(4));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(13)]
    [TestCase(Sigterm)]
    public async Task The_supervisor_cannot_be_talked_out_of_its_work(int signal)
    {
        await using var process = await LaunchAsync(Program("sleep", "1000"));

        _ = Libc.Kill(ProcFile.Parent(process.Pid), signal);
        process.Signal(Sigusr1);

        Assert.That((await process.LeaderExit.WaitAsync(Limit)).Signal, Is.EqualTo(Sigusr1));
    }

    [Test]
    public async Task A_stopped_supervisor_is_continued_by_the_next_signal()
    {
        await using var process = await LaunchAsync(Program("sleep", "1000"));
        var supervisor = ProcFile.Parent(process.Pid);
        _ = Libc.Kill(supervisor, Sigstop);
        while (ProcFile.State(supervisor) != 'T') await Task.Yield();

        process.Signal(Sigterm);

        await process.TreeEmpty.WaitAsync(Limit);
        Assert.That((await process.LeaderExit).Signal, Is.EqualTo(Sigterm));
    }

    [Test]
    public async Task A_killed_supervisor_takes_daemons_in_sessions_of_their_own_along_and_no_other_tree()
    {
        using var output = new Output();
        await using var other = await LaunchAsync(Program("sleep", "1000"));
        await using var process = await LaunchAsync(
            Sh("for i in 1 2 3; do (setsid sh -c 'trap \"\" TERM; echo ready; setsid sleep 1000 & wait' &); done; exec sleep 1000"),
            output);
        for (var i = 0; i < 3; i++) await output.ReadLineAsync(Limit);

        _ = Libc.Kill(ProcFile.Parent(process.Pid), Sigkill);

        await process.TreeEmpty.WaitAsync(Limit);
        Assert.That((await process.LeaderExit).Lost, Does.Contain("SIGKILL"));
        Assert.That(await output.ReadToEndAsync(Limit), Is.Empty, "nobody holds it any more");
        Assert.That(ProcFile.Children(Environment.ProcessId), Is.EqualTo([ProcFile.Parent(other.Pid)]));
    }

    [Test]
    public async Task A_chain_of_processes_does_not_outlive_a_killed_supervisor()
    {
        using var output = new Output();
        await using var process = await LaunchAsync(Program(TestTaskPath, "chain", "1000000"), output);
        await output.ReadLineAsync(Limit);
        await process.LeaderExit.WaitAsync(Limit);

        _ = Libc.Kill(ProcFile.Children(Environment.ProcessId).Single(), Sigkill);

        await process.TreeEmpty.WaitAsync(Limit);
        Assert.That(await output.ReadToEndAsync(Limit), Is.Empty);
    }

    [Test]
    public async Task A_killed_supervisor_takes_the_leader_and_its_group_along()
    {
        using var output = new Output();
        await using var process = await LaunchAsync(Sh("sleep 1000 & sleep 1000 & echo ready; wait"), output);
        await output.ReadLineAsync(Limit);
        var supervisor = ProcFile.Parent(process.Pid);

        _ = Libc.Kill(supervisor, Sigkill);

        var exit = await process.LeaderExit.WaitAsync(Limit);
        Assert.That(
            (exit.Code, exit.Signal, exit.Lost), Is.EqualTo(((int?)null, (int?)null, "was ended by signal SIGKILL (9)")));
        await process.TreeEmpty.WaitAsync(Limit);
        Assert.That(await output.ReadToEndAsync(Limit), Is.Empty);
        Assert.That(ProcFile.Children(Environment.ProcessId), Is.Empty);
    }
}
