using System.IO.Pipes;
using System.Runtime.Versioning;
using Executor.Libprocess;
using Mesos;
using Microsoft.Win32.SafeHandles;

namespace Executor.EndToEnd.Tests.Program;

/// <summary>The published executor where its output or its sandbox goes wrong: its task must not notice.</summary>
[TestFixture(DriverKind.Managed)]
[TestFixture(DriverKind.LibmesosNew)]
[TestFixture(DriverKind.LibmesosOld)]
[CancelAfter(60_000)]
[SupportedOSPlatform("linux")]
public sealed class OutputTests(DriverKind driver)
{
    /// <summary>A shell tells on stderr which of its children a signal has ended: what is tested is the executor's log.</summary>
    private const string Silent = "exec > /dev/null 2>&1; ";

    private const string TermIsLogged = "trap 'echo term > term; exit 0' TERM; echo ready > ready; while :; do sleep 0.1; done";

    [Test]
    public async Task Output_of_any_size_and_content_arrives_as_it_was_written(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript("head -c 20000000 /dev/urandom > copy; cat copy; head -c 20000000 /dev/zero; cmp -n 20000000 copy stdout");

        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);
        Assert.That(new FileInfo(Path.Combine(rig.Sandbox, "stdout")).Length, Is.EqualTo(40_000_000));
    }

    [Test]
    public async Task A_full_disk_ends_neither_the_task_nor_its_executor(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit, o => o with { OpenOutput = _ => new ExecutorOutput(Full(), Full()) });
        rig.LaunchScript($"echo lost; echo lost >&2; {TermIsLogged}");

        await EndsWellAsync(rig);

        static SafeFileHandle Full() => File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
    }

    [Test]
    public async Task A_reader_of_the_output_that_has_gone_ends_neither_the_task_nor_its_executor(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit, o => o with { OpenOutput = _ => new ExecutorOutput(Unread(), Unread()) });
        rig.LaunchScript(Silent + TermIsLogged);

        await EndsWellAsync(rig);

        static SafeFileHandle Unread()
        {
            using var pipe = new AnonymousPipeServerStream(PipeDirection.In);
            return WritingEnd(pipe);
        }
    }

    [Test]
    public async Task A_reader_of_stderr_that_is_stuck_delays_neither_a_reconnection_nor_a_kill_nor_the_end(CancellationToken limit)
    {
        await using var stuck = new AnonymousPipeServerStream(PipeDirection.In);
        await using var rig = new AgentRig(driver, limit, o => o with
        {
            Checkpoint = true,
            ExecutorReregistrationTimeout = TimeSpan.FromSeconds(30),
            OpenOutput = _ =>
            {
                var error = WritingEnd(stuck);
                Posix.Fill(error);
                return new ExecutorOutput(File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write), error);
            },
        });
        rig.LaunchScript(Silent + TermIsLogged);
        await rig.ExpectRunningAsync();
        await rig.LineOfAsync("ready");

        await rig.Agent.RestartAsync(TimeSpan.FromMilliseconds(100)).WaitAsync(limit);
        await rig.NextAsync<AgentEvent.ExecutorReregistered>();

        await KillAsync(rig);
    }

    [Test]
    public async Task A_task_outlives_its_sandbox_and_the_next_one_FAILED_with_the_reason(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript("trap 'exit 0' TERM; echo ready > ready; while :; do sleep 0.1; done");
        await rig.ExpectRunningAsync();
        await rig.LineOfAsync("ready");
        Directory.Delete(rig.Sandbox, recursive: true);

        rig.LaunchScript("true", id: "next");
        await rig.NextStatusAsync(TaskState.TaskStarting);
        var status = await rig.NextStatusAsync(TaskState.TaskFailed);
        Assert.That(status.Message, Does.Contain(rig.Sandbox).And.Contain("ENOENT"));

        rig.Agent.KillTask("task");
        await rig.NextStatusAsync(TaskState.TaskKilling);
        await rig.NextStatusAsync(TaskState.TaskKilled);
        await rig.ExpectExitAsync(0);
    }

    private static async Task EndsWellAsync(AgentRig rig)
    {
        await rig.ExpectRunningAsync();
        await rig.LineOfAsync("ready");
        await KillAsync(rig);
    }

    private static async Task KillAsync(AgentRig rig)
    {
        rig.Agent.KillTask("task");
        await rig.NextStatusAsync(TaskState.TaskKilling);
        var status = await rig.NextStatusAsync(TaskState.TaskKilled);
        Assert.That(status.Message, Does.Contain("exited with status 0"));
        Assert.That(await rig.LineOfAsync("term"), Is.EqualTo("term"));
        await rig.ExpectExitAsync(0);
    }

    /// <summary>The agent owns and closes it.</summary>
    private static SafeFileHandle WritingEnd(AnonymousPipeServerStream pipe)
    {
        var end = new SafeFileHandle(pipe.ClientSafePipeHandle.DangerousGetHandle(), ownsHandle: true);
        pipe.ClientSafePipeHandle.SetHandleAsInvalid();
        return end;
    }
}
