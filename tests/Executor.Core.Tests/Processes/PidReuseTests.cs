using System.Runtime.Versioning;
using Executor.Core.Processes;

namespace Executor.Core.Tests.Processes;

/// <summary>
/// A tree and strangers whose pids go to and fro between them: in a pid namespace the next pid can be chosen, so that
/// one that a process of the tree has just had becomes that of a stranger.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class PidReuseTests : ProcessTests
{
    private const ulong SysAdmin = 1 << 21;

    private const int Times = 40;

    /// <summary>The strangers are the shell's, not the supervisor's. The shell lets go of the control socket.</summary>
    private const string Namespace = """
        #!/bin/sh
        exec /usr/bin/unshare --pid --fork --kill-child --mount-proc /bin/sh -c '
            cd "FOLDER"
            "SUPERVISOR" &
            exec 3>&-
            until [ -e started ]; do :; done
            "TEST_TASK" bystanders enough > result
            wait'
        """;

    /// <summary>
    /// Many that sleep, with low pids, and a few that live for a millisecond, with higher ones: these have been looked
    /// at, and have ended, when their turn comes to be signalled.
    /// </summary>
    private const string Tree = """
        exec 2> /dev/null
        trap '' USR1
        i=0; while [ $i -lt 150 ]; do sleep 1000 & i=$((i+1)); done
        for loop in 1 2 3; do (while :; do /bin/true; done) & done
        trap 'echo got' USR1
        : > started
        echo ready
        while :; do wait; done
        """;

    [Test]
    public async Task A_pid_that_passes_to_a_stranger_is_never_signalled()
    {
        var capabilities = Convert.ToUInt64(ProcFile.Status(Environment.ProcessId, "CapEff"), 16);
        Assume.That(capabilities & SysAdmin, Is.Not.Zero, "only who has CAP_SYS_ADMIN makes a pid namespace");
        var folder = Directory.CreateTempSubdirectory("executor-");
        try
        {
            using var output = new Output();
            using var supervisor = new RawSupervisor(await ScriptAsync(folder), output);
            supervisor.Start(Sh(Tree) with { WorkingDirectory = folder.FullName });
            Assert.That(await output.ReadLineAsync(Limit), Is.EqualTo("ready"));

            for (var i = 0; i < Times; i++)
            {
                supervisor.SendRaw(SupervisorFrames.EncodeSignal(Sigusr1));
                Assert.That(await output.ReadLineAsync(Limit), Is.EqualTo("got"));
            }

            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "enough"), "", Limit);
            supervisor.SendRaw(SupervisorFrames.EncodeSignal(Sigkill));
            await output.ReadToEndAsync(Limit);
            await supervisor.ExitAsync(Limit);
            Assert.That(await File.ReadAllTextAsync(Path.Combine(folder.FullName, "result"), Limit), Is.EqualTo("untouched\n"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> ScriptAsync(DirectoryInfo folder)
    {
        var script = Path.Combine(folder.FullName, "supervisor");
        await File.WriteAllTextAsync(
            script,
            Namespace.Replace("TEST_TASK", TestTaskPath, StringComparison.Ordinal)
                .Replace("FOLDER", folder.FullName, StringComparison.Ordinal)
                .Replace("SUPERVISOR", SupervisorPath, StringComparison.Ordinal),
            Limit);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return script;
    }
}
