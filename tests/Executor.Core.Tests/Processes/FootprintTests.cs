using Executor.Core.Ports;

namespace Executor.Core.Tests.Processes;

internal sealed class FootprintTests : ProcessTests
{
    [Test]
    public async Task A_supervisor_takes_at_most_a_mebibyte_and_does_not_grow()
    {
        var large = Enumerable.Range(0, 15).ToDictionary(i => $"V{i}", _ => new string('x', 100_000));
        using var output = new Output();
        var command = Sh("trap '' USR1; echo ready; while :; do /bin/sleep 1000; done") with { Environment = large };
        await using var process = await LaunchAsync(command, output);
        Assert.That(await output.ReadLineAsync(Limit), Is.EqualTo("ready"));
        var supervisor = ProcFile.Parent(process.Pid);
        for (var i = 0; i < 50; i++) process.Signal(Sigusr1);
        process.Signal(Sigcont);

        while (!IsIdle(supervisor)) await Task.Yield();
        Assert.That(ProcFile.Count(supervisor, "VmRSS"), Is.LessThanOrEqualTo(1024));
    }

    [Test]
    public async Task An_idle_supervisor_never_wakes_up()
    {
        await using var process = await LaunchAsync(Program("sleep", "1000"));
        var supervisor = ProcFile.Parent(process.Pid);
        while (!IsIdle(supervisor)) await Task.Yield();
        var before = ProcFile.ContextSwitches(supervisor);

        // No event could tell that nothing happens: this is a measuring interval.
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Limit);

        Assert.That(ProcFile.ContextSwitches(supervisor), Is.EqualTo(before));
    }

    [Test]
    public async Task A_hundred_launches_at_once_leave_no_process_and_no_descriptor()
    {
        await RunAsync(); // whatever the runtime opens once
        var before = Sockets();

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(RunAsync)));

        Assert.That(ProcFile.Children(Environment.ProcessId), Is.Empty);
        Assert.That(Sockets(), Is.EqualTo(before));

        static async Task RunAsync()
        {
            using var output = new Output();
            await using var process = await LaunchAsync(Sh("echo hello; exit 5"), output);
            Assert.That(await output.ReadToEndAsync(Limit), Is.EqualTo("hello\n"));
            Assert.That((await process.LeaderExit.WaitAsync(Limit)).Code, Is.EqualTo(5));
        }
    }

    [Test]
    public async Task A_program_among_many_hears_the_end_of_its_own_socket()
    {
        var processes = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => Task.Run(() => LaunchAsync(Program("sleep", "1000")))));

        // A control socket that another supervisor had inherited would not end here.
        foreach (var process in processes) await process.DisposeAsync();

        Assert.That(processes.Select(process => process.TreeEmpty.IsCompleted), Is.All.True);
        var exits = await Task.WhenAll(processes.Select(process => process.LeaderExit));
        Assert.That(exits.Select(exit => exit.Signal), Is.All.EqualTo(Sigterm));
    }

    // Sleeping in poll, with nothing left to read.
    private static bool IsIdle(int supervisor) => ProcFile.State(supervisor) == 'S';

    private static int Sockets() =>
        new DirectoryInfo("/proc/self/fd").GetFiles()
            .Count(file => file.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);
}
