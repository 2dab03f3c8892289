using System.IO.Pipes;

namespace Executor.Core.Tests.Processes;

internal sealed class ChildStateTests : ProcessTests
{
    [Test]
    public async Task The_environment_is_exactly_the_one_described()
    {
        var environment = new Dictionary<string, string>
        {
            ["EMPTY"] = "",
            ["SIGN"] = "a=b",
            ["TEXT"] = "zażółć gęślą jaźń",
        };

        var output = await OutputOfAsync(Program("/usr/bin/env") with { Environment = environment });

        Assert.That(
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            Is.EquivalentTo(["EMPTY=", "SIGN=a=b", "TEXT=zażółć gęślą jaźń"]));
    }

    [Test]
    public async Task No_descriptor_is_inherited_but_stdin_stdout_and_stderr()
    {
        using var stray = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.Inheritable);

        // The fourth is the directory that ls reads.
        Assert.That(await OutputOfAsync(Program("ls", "/proc/self/fd")), Is.EqualTo("0\n1\n2\n3\n"));
    }

    [Test]
    public async Task The_supervisor_holds_no_stray_descriptor_and_not_the_programs_stdout()
    {
        using var stray = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.Inheritable);
        using var output = new Output();
        await using var process = await LaunchAsync(Sh("exec >&-; sleep 1000"), output);

        Assert.That(await output.ReadToEndAsync(Limit), Is.Empty);
        var descriptors = Directory.GetFiles($"/proc/{ProcFile.Parent(process.Pid)}/fd");
        Assert.That(descriptors, Has.Length.EqualTo(5), "0, 1, 2, the control socket and the signals");
    }

    [Test]
    public async Task Standard_input_is_empty() =>
        Assert.That(await OutputOfAsync(Program("readlink", "/proc/self/fd/0")), Is.EqualTo("/dev/null\n"));

    [Test]
    public async Task Stdout_and_stderr_go_where_they_are_sent()
    {
        using var output = new Output();
        using var error = new Output();
        await using var process = await LaunchAsync(
            Sh("echo to stdout; echo to stderr >&2") with { StandardError = error.Handle }, output);

        Assert.That(await output.ReadToEndAsync(Limit), Is.EqualTo("to stdout\n"));
        Assert.That(await error.ReadToEndAsync(Limit), Is.EqualTo("to stderr\n"));
    }

    [Test]
    public async Task The_leader_leads_a_session_and_a_group_of_its_own()
    {
        await using var process = await LaunchAsync(Program("sleep", "1000"));

        Assert.That(
            (ProcFile.Session(process.Pid), ProcFile.Group(process.Pid)), Is.EqualTo((process.Pid, process.Pid)));
    }

    [Test]
    public async Task The_supervisor_is_outside_the_group_of_this_process()
    {
        await using var process = await LaunchAsync(Program("sleep", "1000"));
        var supervisor = ProcFile.Parent(process.Pid);

        Assert.That(ProcFile.Group(supervisor), Is.EqualTo(supervisor));
    }

    [Test]
    public async Task Every_disposition_is_default_and_no_signal_is_blocked()
    {
        // .NET ignores SIGPIPE, which an exec would hand down.
        Assert.That(ProcFile.Status(Environment.ProcessId, "SigIgn"), Does.Contain("1"), "the test is worth something");

        var status = await OutputOfAsync(Program("cat", "/proc/self/status"));

        Assert.That(ProcFile.StatusValue(status, "SigIgn"), Is.EqualTo("0000000000000000"));
        Assert.That(ProcFile.StatusValue(status, "SigBlk"), Is.EqualTo("0000000000000000"));
    }

    [Test]
    public async Task The_supervisor_shows_nothing_of_the_programs_environment()
    {
        var secret = new Dictionary<string, string> { ["SECRET"] = "swordfish" };
        await using var process = await LaunchAsync(Program("/bin/sleep", "1000") with { Environment = secret });

        Assert.That(
            await File.ReadAllTextAsync($"/proc/{ProcFile.Parent(process.Pid)}/environ", Limit), Is.Empty);
    }
}
