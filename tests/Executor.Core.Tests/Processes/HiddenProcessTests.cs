using System.Runtime.Versioning;
using Executor.Core.Ports;
using Executor.Core.Processes;

namespace Executor.Core.Tests.Processes;

/// <summary>
/// Trees of which /proc does not show everything to the supervisor: it is mounted with hidepid and the program's file
/// may be executed and not read, or no descriptor is left to look with.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class HiddenProcessTests : ProcessTests
{
    private Folder _folder = null!;
    private string _unreadable = null!;

    [SetUp]
    public void CopyProgram()
    {
        Assume.That(Libc.EffectiveUser(), Is.Zero, "only root mounts and switches users");
        _folder = new Folder();
        _unreadable = Path.Combine(_folder.Path, "unreadable");
        File.Copy("/bin/sleep", _unreadable);
        File.SetUnixFileMode(_unreadable, UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
    }

    [TearDown]
    public void RemoveProgram() => _folder?.Dispose();

    [TestCase(Sigterm)]
    [TestCase(Sigkill)]
    public async Task A_hidden_leader_is_signalled(int signal)
    {
        using var output = new Output();
        using var supervisor = new RawSupervisor(WithHidepid(2), output);
        supervisor.Start(Program(_unreadable, "1000"));
        Assert.That(await supervisor.ReadAsync(Limit), Is.InstanceOf<SupervisorReport.Started>());

        supervisor.SendRaw(SupervisorFrames.EncodeSignal(signal));

        Assert.That((await ReadExitAsync(supervisor)).Signal, Is.EqualTo(signal));
        Assert.That(await supervisor.ReadAsync(Limit), Is.InstanceOf<SupervisorReport.Empty>());
    }

    [Test]
    public async Task A_descendant_that_can_be_seen_and_not_read_is_signalled()
    {
        using var output = new Output();
        using var supervisor = new RawSupervisor(WithHidepid(1), output);
        supervisor.Start(Sh($"'{_unreadable}' 1000 & echo $!; exec sleep 1000"));
        var hidden = int.Parse((await output.ReadLineAsync(Limit))!, null);
        while (await File.ReadAllTextAsync($"/proc/{hidden}/comm", Limit) != "unreadable\n") await Task.Yield();

        supervisor.SendRaw(SupervisorFrames.EncodeSignal(Sigterm));

        Assert.That(await output.ReadToEndAsync(Limit), Is.Empty);
        Assert.That((await supervisor.ExitAsync(Limit)).Code, Is.Zero);
    }

    [TestCase(Sigterm)]
    [TestCase(Sigkill)]
    public async Task A_leader_is_signalled_by_a_supervisor_that_can_open_nothing(int signal)
    {
        await using var process = await LaunchAsync(Program("sleep", "1000"));
        var supervisor = ProcFile.Parent(process.Pid);
        var limited = await ExitOfAsync(Program("prlimit", $"--pid={supervisor}", "--nofile=4:4"));
        Assert.That(limited.Code, Is.Zero);

        process.Signal(signal);

        Assert.That((await process.LeaderExit.WaitAsync(Limit)).Signal, Is.EqualTo(signal));
        await process.TreeEmpty.WaitAsync(Limit);
    }

    private static async Task<ProcessExit> ReadExitAsync(RawSupervisor supervisor) =>
        ((SupervisorReport.Exited)(await supervisor.ReadAsync(Limit))!).Exit;

    private string WithHidepid(int mode) => _folder.Script(
        "supervisor",
        $"""
        exec unshare --mount sh -c 'mount -t proc -o hidepid={mode} proc /proc &&
            exec setpriv --reuid=65534 --regid=65534 --clear-groups "{SupervisorPath}"'
        """);
}
