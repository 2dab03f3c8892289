using Executor.Core.Ports;

namespace Executor.Core.Tests.Processes;

internal sealed class ExitTests : ProcessTests
{
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(255)]
    public async Task The_exit_code_is_reported(int code)
    {
        var exit = await ExitOfAsync(Sh($"exit {code}"));

        Assert.That((exit.Code, exit.Signal), Is.EqualTo(((int?)code, (int?)null)));
    }

    [TestCase(Sigkill)]
    [TestCase(Sigterm)]
    public async Task A_death_by_signal_is_no_exit_code(int signal)
    {
        var exit = await ExitOfAsync(Sh($"kill -{signal} $$"));

        Assert.That((exit.Code, exit.Signal), Is.EqualTo(((int?)null, (int?)signal)));
    }

    [TestCase("0", false)]
    [TestCase("unlimited", true)]
    public async Task A_core_dump_is_reported_where_the_limit_allows_one(string limit, bool dumped)
    {
        var folder = Directory.CreateTempSubdirectory("executor-");
        try
        {
            var exit = await ExitOfAsync(Program(TestTaskPath, "core") with
            {
                WorkingDirectory = folder.FullName,
                Limits = ResourceLimit.TryParse($"core={limit}", out var limits, out _) ? limits : [],
            });

            Assert.That((exit.Signal, exit.CoreDumped), Is.EqualTo(((int?)6, dumped)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A shell at the head mostly does nothing itself, and goes first.</summary>
    [TestCase("while [ $i -lt 100000 ]; do i=$((i+1)); done")]
    [TestCase("(while [ $i -lt 100000 ]; do i=$((i+1)); done) & exit 0")]
    [TestCase("(while [ $i -lt 100000 ]; do i=$((i+1)); done) | cat")]
    public async Task The_use_of_processor_and_memory_by_the_whole_tree_is_reported(string work)
    {
        await using var process = await LaunchAsync(Sh($"i=0; {work}"));

        var usage = await process.TreeEmpty.WaitAsync(Limit);

        Assert.That(usage!.UserTime + usage.SystemTime, Is.InRange(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(30)));
        Assert.That(usage.PeakMemory, Is.InRange(100_000, 100_000_000));
    }

    [Test]
    public async Task A_tree_outlives_a_leader_that_ends_first()
    {
        using var output = new Output();
        await using var process = await LaunchAsync(Sh("sleep 1000 & echo $!; exit 7"), output);
        var child = int.Parse((await output.ReadLineAsync(Limit))!, null);

        Assert.That((await process.LeaderExit.WaitAsync(Limit)).Code, Is.EqualTo(7));
        Assert.That(process.TreeEmpty.IsCompleted, Is.False);
        Assert.That(ProcFile.State(child), Is.Not.EqualTo('Z'));

        process.Signal(Sigterm);
        await process.TreeEmpty.WaitAsync(Limit);
        Assert.That(File.Exists($"/proc/{child}/stat"), Is.False);
    }

    [Test]
    public async Task Orphans_are_reaped_while_the_leader_runs()
    {
        using var output = new Output();
        await using var process = await LaunchAsync(
            Sh("i=0; while [ $i -lt 50 ]; do (true &); i=$((i+1)); done; echo done; sleep 1000"), output);
        await output.ReadLineAsync(Limit);
        var supervisor = ProcFile.Parent(process.Pid);

        while (ProcFile.Children(supervisor).Length > 1) await Task.Yield();
        Assert.That(ProcFile.Children(supervisor), Is.EqualTo([process.Pid]));
    }

    [Test]
    public async Task A_signal_after_the_end_does_nothing()
    {
        await using var process = await LaunchAsync(Program("true"));
        await process.TreeEmpty.WaitAsync(Limit);

        Assert.That(() => process.Signal(Sigterm), Throws.Nothing);
        Assert.That(() => process.Signal(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public async Task Disposing_ends_a_running_tree_and_tells_how()
    {
        var process = await LaunchAsync(Sh("trap 'exit 3' TERM; sleep 1000 & wait"));
        await process.DisposeAsync();

        Assert.That(process.TreeEmpty.IsCompletedSuccessfully);
        // 15 if it had not come to its trap yet.
        Assert.That((await process.LeaderExit).Code ?? (await process.LeaderExit).Signal, Is.EqualTo(3).Or.EqualTo(15));
    }
}
