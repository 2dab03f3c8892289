using System.Runtime.Versioning;

namespace Executor.Core.Tests.Processes;

/// <summary>
/// A tree and strangers whose pids go to and fro between them: in a pid namespace the next pid can be chosen, so that
/// one that a process of the tree has just had becomes that of a stranger.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class PidReuseTests : ProcessTests
{
    /// <summary>The shell is neither the strangers' descendant nor the tree's, and lets go of the control socket.</summary>
    private const string Namespace = """
        #!/bin/sh
        exec /usr/bin/unshare --pid --fork --mount-proc /bin/sh -c '
            "TEST_TASK" bystanders 3000 > "RESULT" 2>&1 3>&- &
            "SUPERVISOR" &
            exec 3>&-
            wait'
        """;

    [Test]
    public async Task A_pid_that_passes_to_a_stranger_is_never_signalled()
    {
        Assume.That(Environment.UserName, Is.EqualTo("root"), "only root makes a pid namespace");
        var folder = Directory.CreateTempSubdirectory("executor-");
        try
        {
            var result = Path.Combine(folder.FullName, "result");
            using var output = new Output();
            using var supervisor = new RawSupervisor(await ScriptAsync(folder, result), output);
            supervisor.Start(Sh("trap 'echo got' USR1; echo ready; while :; do (true &); done"));
            Assert.That(await output.ReadLineAsync(Limit), Is.EqualTo("ready"));

            var signals = 0;
            for (; !File.Exists(result) || (await File.ReadAllTextAsync(result, Limit)).Length == 0; signals++)
            {
                supervisor.SendRaw(Core.Processes.SupervisorFrames.EncodeSignal(Sigusr1));
                Assert.That(await output.ReadLineAsync(Limit), Is.EqualTo("got"));
            }

            supervisor.SendRaw(Core.Processes.SupervisorFrames.EncodeSignal(Sigkill));
            await output.ReadToEndAsync(Limit);
            Assert.That(await File.ReadAllTextAsync(result, Limit), Is.EqualTo("untouched\n"));
            Assert.That(signals, Is.GreaterThan(0));
            await TestContext.Out.WriteLineAsync($"{signals} signals");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> ScriptAsync(DirectoryInfo folder, string result)
    {
        var script = Path.Combine(folder.FullName, "supervisor");
        await File.WriteAllTextAsync(
            script,
            Namespace.Replace("TEST_TASK", TestTaskPath, StringComparison.Ordinal)
                .Replace("RESULT", result, StringComparison.Ordinal)
                .Replace("SUPERVISOR", SupervisorPath, StringComparison.Ordinal),
            Limit);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return script;
    }
}
