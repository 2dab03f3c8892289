using System.IO.Pipes;
using Executor.Core.Ports;
using Executor.Core.Processes;
using Microsoft.Win32.SafeHandles;

namespace Executor.Control.Doctor;

/// <summary>
/// Whether a task-supervisor can do its work here: runs a shell that leaves an orphan behind, and ends both.
/// </summary>
/// <param name="path">Of the task-supervisor.</param>
internal sealed class SupervisorCheck(string path, TimeProvider time) : ICheck
{
    private const int OpenFilesOfSystem = 23; // ENFILE
    private const int OpenFilesOfProcess = 24; // EMFILE
    private const string Check = "supervisor";
    private const string Mismatch = "Install the task-supervisor of this release; if it is that one, it does not fit this kernel.";

    /// <summary>
    /// The shell tells what the kernel knows of it, and ends before its grandchild, which tries to get away by a
    /// session of its own where the host has a program for that.
    /// </summary>
    private const string Script =
        "read -r stat < /proc/$$/stat; echo \"$stat\"; ($(command -v setsid) sleep 10 > /dev/null 2>&1 &)";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<Finding>> RunAsync()
    {
        using var limit = new CancellationTokenSource(Limit, time);
        try
        {
            // One that does not answer may not end either.
            return [await TryAsync(limit.Token).WaitAsync(2 * Limit, time)];
        }
        catch (ProcessStartException error)
        {
            return [Failed(
                error.Message,
                error.Errno is OpenFilesOfSystem or OpenFilesOfProcess
                    ? "Raise the limit of open files: ulimit -n, or LimitNOFILE of the agent's unit."
                    : "task-supervisor has to stand beside executor and executorctl, as an executable file; it needs /proc and /bin/sh.")];
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException)
        {
            return [Failed($"did not start and end a small tree within {Limit.TotalSeconds} s", "Look at the host's load, and for stopped processes.")];
        }
    }

    private async Task<Finding> TryAsync(CancellationToken limit)
    {
        await using var pipe = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        using var output = new SafeFileHandle(pipe.ClientSafePipeHandle.DangerousGetHandle(), ownsHandle: false);
        await using var process = await new SupervisedProcessLauncher(path, time).LaunchAsync(
            new ProcessDescription
            {
                Program = "/bin/sh",
                Arguments = ["sh", "-c", Script],
                Environment = new Dictionary<string, string> { ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin" },
                WorkingDirectory = "/",
                OrphanGrace = TimeSpan.Zero,
                StandardOutput = output,
            },
            limit);
        pipe.DisposeLocalCopyOfClientHandle();
        await process.LeaderExit.WaitAsync(limit);

        using var reader = new StreamReader(pipe);
        if (ProcessStat.Parse(await reader.ReadToEndAsync(limit).WaitAsync(limit)) is not { } leader)
            return Failed("a shell that it started could not read its own /proc/PID/stat", "Mount /proc.");
        if (leader.Session != process.Pid)
            return Failed($"it started process {process.Pid} in session {leader.Session}, not in one of its own", Mismatch);
        if (process.TreeEmpty.IsCompleted || ProcessStat.ChildrenOf(leader.Parent) is not [_, ..] orphans)
            return Failed("an orphan was not adopted by it", Mismatch);

        process.Signal(Signals.Kill);
        await process.TreeEmpty.WaitAsync(limit);
        return orphans.Any(pid => ProcessStat.Of(pid) is not null)
            ? Failed("an orphan outlived SIGKILL", Mismatch)
            : new Finding(Verdict.Ok, Check, "started a session, adopted an orphan and ended it");
    }

    private static Finding Failed(string found, string advice) => new(Verdict.Failed, Check, found, advice);
}
