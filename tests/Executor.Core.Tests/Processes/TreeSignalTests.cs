namespace Executor.Core.Tests.Processes;

internal sealed class TreeSignalTests : ProcessTests
{
    // Forks itself and exits, over and over: never the same pid for longer than a millisecond or so. The count ends
    // it should the test fail.
    private const string Comet = """
        comet() { [ $1 -gt 50000 ] || (comet $(($1+1)) &) ; exit; }
        echo ready
        comet 0
        """;

    [Test]
    public async Task A_daemon_that_double_forks_and_starts_a_session_dies_with_the_tree()
    {
        using var output = new Output();
        await using var process = await LaunchAsync(
            Sh("(setsid sh -c 'echo $$; exec sleep 1000' &); exit 0"), output);
        var daemon = int.Parse((await output.ReadLineAsync(Limit))!, null);
        await process.LeaderExit.WaitAsync(Limit);
        Assert.That(ProcFile.Session(daemon), Is.EqualTo(daemon));

        process.Signal(Sigterm);

        await process.TreeEmpty.WaitAsync(Limit);
        Assert.That(await output.ReadToEndAsync(Limit), Is.Empty);
    }

    [Test]
    public async Task Every_process_of_a_pipeline_gets_the_signal()
    {
        using var output = new Output();
        await using var process = await LaunchAsync(Sh("echo ready; sleep 1000 | sleep 1000 | sleep 1000; :"), output);
        await output.ReadLineAsync(Limit);

        process.Signal(Sigterm);

        await process.TreeEmpty.WaitAsync(Limit);
        Assert.That((await process.LeaderExit).Signal, Is.EqualTo(Sigterm));
    }

    [Test]
    public async Task Every_generation_handles_a_signal_once_and_lives_on()
    {
        const string Waiting = "trap 'echo got' USR1; echo ready; while :; do sleep 1000 & wait; kill $! ; done";
        using var output = new Output();
        await using var process = await LaunchAsync(Sh($"({Waiting}) & ({Waiting}) & {Waiting}"), output);
        for (var i = 0; i < 3; i++) Assert.That(await output.ReadLineAsync(Limit), Is.EqualTo("ready"));

        process.Signal(Sigusr1);

        for (var i = 0; i < 3; i++) Assert.That(await output.ReadLineAsync(Limit), Is.EqualTo("got"));
        Assert.That(process.LeaderExit.IsCompleted, Is.False);
        process.Signal(Sigkill);
        Assert.That(await output.ReadToEndAsync(Limit), Is.Empty);
    }

    [Test]
    public async Task A_trap_may_take_its_time_and_choose_the_exit_code()
    {
        using var output = new Output();
        await using var process = await LaunchAsync(
            Sh("trap 'sleep 0.1; echo bye; exit 3' TERM; sh -c 'echo ready; exec sleep 1000' & wait"), output);
        await output.ReadLineAsync(Limit);

        process.Signal(Sigterm);

        Assert.That((await process.LeaderExit.WaitAsync(Limit)).Code, Is.EqualTo(3));
        Assert.That(await output.ReadToEndAsync(Limit), Is.EqualTo("bye\n"));
    }

    [Test]
    public async Task A_tree_that_ignores_SIGTERM_ends_with_SIGKILL()
    {
        using var output = new Output();
        await using var process = await LaunchAsync(Sh("trap '' TERM; sleep 1000 & echo ready; wait"), output);
        await output.ReadLineAsync(Limit);
        process.Signal(Sigterm);

        process.Signal(Sigkill);

        await process.TreeEmpty.WaitAsync(Limit);
        Assert.That((await process.LeaderExit).Signal, Is.EqualTo(Sigkill));
    }

    [TestCase(Sigkill)]
    [TestCase(Sigterm)]
    public async Task A_process_that_keeps_forking_and_exiting_does_not_escape(int signal)
    {
        using var output = new Output();
        await using var process = await LaunchAsync(Sh(Comet), output);
        await output.ReadLineAsync(Limit);
        await process.LeaderExit.WaitAsync(Limit);

        process.Signal(signal);

        await process.TreeEmpty.WaitAsync(Limit);
        Assert.That(await output.ReadToEndAsync(Limit), Is.Empty);
    }

    /// <summary>A generation lives for less than a tenth of a millisecond.</summary>
    [Test]
    public async Task A_chain_of_processes_does_not_outrun_a_signal(
        [Values("chain", "group-chain", "session-chain")] string kind, [Values(Sigkill, Sigterm)] int signal)
    {
        for (var i = 0; i < 10; i++)
        {
            using var output = new Output();
            await using var process = await LaunchAsync(Program(TestTaskPath, kind, "1000000"), output);
            await output.ReadLineAsync(Limit);

            process.Signal(signal);

            await process.TreeEmpty.WaitAsync(Limit);
            Assert.That(await output.ReadToEndAsync(Limit), Is.Empty);
        }
    }

    [Test]
    public async Task A_process_of_a_spared_name_and_its_children_get_no_SIGTERM_and_do_get_SIGKILL()
    {
        var folder = Directory.CreateTempSubdirectory("executor-");
        try
        {
            var sidecar = Path.Combine(folder.FullName, "Long-Named-Sidecar");
            File.Copy("/bin/sh", sidecar);
            using var output = new Output();
            await using var process = await LaunchAsync(
                Sh($"'{sidecar}' -c 'sleep 1000 & echo $!; wait' & echo $!; sleep 1000 & echo $!; wait") with { SparedFromTerminate = ["other", "long-named-sidecar"] },
                output);
            int[] pids = [await ReadPidAsync(output), await ReadPidAsync(output), await ReadPidAsync(output)];
            var other = pids.Single(pid => ProcFile.Parent(pid) == process.Pid && !IsSidecar(pid));
            int[] spared = [.. pids.Where(pid => pid != other)];

            process.Signal(Sigterm);

            Assert.That((await process.LeaderExit.WaitAsync(Limit)).Signal, Is.EqualTo(Sigterm));
            while (File.Exists($"/proc/{other}/stat")) await Task.Yield();
            Assert.That(spared.Select(ProcFile.State), Is.All.EqualTo('S'), "neither ended nor left standing");
            process.Signal(Sigkill);
            await process.TreeEmpty.WaitAsync(Limit);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        static bool IsSidecar(int pid) =>
            File.ReadAllText($"/proc/{pid}/comm").StartsWith("Long", StringComparison.Ordinal);

        static async Task<int> ReadPidAsync(Output output) => int.Parse((await output.ReadLineAsync(Limit))!, null);
    }

    [TestCase(Sigkill)]
    [TestCase(Sigterm)]
    public async Task A_loop_that_forks_as_fast_as_it_can_is_ended_with_all_its_children(int signal)
    {
        using var output = new Output();
        await using var process = await LaunchAsync(
            Sh("i=0; while [ $i -lt 300 ]; do sleep 1000 & i=$((i+1)); [ $i = 20 ] && echo ready; done; wait"), output);
        await output.ReadLineAsync(Limit);

        process.Signal(signal);

        await process.TreeEmpty.WaitAsync(Limit);
        Assert.That((await process.LeaderExit).Signal, Is.EqualTo(signal));
    }

    [Test]
    public async Task A_stopped_tree_stands_still_continues_and_can_be_ended()
    {
        using var output = new Output();
        await using var process = await LaunchAsync(
            Sh("trap 'echo continued' CONT; echo ready; while :; do sleep 1000 & wait; done"), output);
        await output.ReadLineAsync(Limit);

        process.Signal(Sigstop);
        while (ProcFile.State(process.Pid) != 'T') await Task.Yield();
        process.Signal(Sigcont);
        Assert.That(await output.ReadLineAsync(Limit), Is.EqualTo("continued"));

        process.Signal(Sigstop);
        process.Signal(Sigterm);
        await process.TreeEmpty.WaitAsync(Limit);
        Assert.That((await process.LeaderExit).Signal, Is.EqualTo(Sigterm));
    }

    [Test]
    public async Task Processes_of_another_tree_are_not_touched()
    {
        await using var other = await LaunchAsync(Program("sleep", "1000"));
        await using var process = await LaunchAsync(Program("sleep", "1000"));

        process.Signal(Sigkill);

        await process.TreeEmpty.WaitAsync(Limit);
        Assert.That(ProcFile.State(other.Pid), Is.EqualTo('S'));
    }
}
