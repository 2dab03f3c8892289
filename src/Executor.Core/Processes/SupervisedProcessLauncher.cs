using System.Net.Sockets;
using Executor.Core.Ports;
using Microsoft.Win32.SafeHandles;

namespace Executor.Core.Processes;

/// <summary>
/// Starts every program under a task-supervisor of its own (native/supervisor). Any number of launches may run at
/// once, from any thread: descriptors are close-on-exec from birth, so that no child holds another's control socket.
/// <para>
/// The first launch makes this process a subreaper: what a supervisor leaves behind that is itself killed comes to us,
/// and is killed too. Children in sessions of their own that something else starts here would be taken for such.
/// </para>
/// </summary>
/// <param name="supervisorPath">The task-supervisor program; looked at when something is launched, not before.</param>
/// <param name="time">Bounds the waits of disposing.</param>
public sealed class SupervisedProcessLauncher(string supervisorPath, TimeProvider time) : IProcessLauncher
{
    /// <inheritdoc/>
    /// <remarks>
    /// Cancellation kills whatever has been started and returns when it is gone; what is stuck in the kernel is waited for 10
    /// to 20 seconds.
    /// </remarks>
    /// <exception cref="OperationCanceledException">Cancelled; nothing of the program is left.</exception>
    public async Task<ISupervisedProcess> LaunchAsync(
        ProcessDescription description, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(description);
        cancellationToken.ThrowIfCancellationRequested();
        StartErrors.RefuseWhatNoProgramCanGet(description);
        // A directory service may take its time.
        var account = description.User is { } user
            ? await Task.Run(() => Account.Other(user), cancellationToken).WaitAsync(cancellationToken)
            : null;
        var frame = SupervisorFrames.EncodeStart(description, account)
            ?? throw StartErrors.From(new SupervisorReport.Failed(StartStep.Exec, Errno.TooBig), description);

        var process = Supervise(description);
        var report = await StartAsync(process, frame, cancellationToken);
        if (report is SupervisorReport.Started) return process;

        await process.DisposeAsync();
        throw report is SupervisorReport.Failed failed
            ? StartErrors.From(failed, description)
            : StartErrors.SupervisorEnded(supervisorPath, process.SupervisorExit);
    }

    private static async Task<SupervisorReport?> StartAsync(
        SupervisedProcess process, byte[] frame, CancellationToken cancellationToken)
    {
        try
        {
            return await process.StartAsync(frame, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await process.AbortAsync();
            throw;
        }
    }

    private SupervisedProcess Supervise(ProcessDescription description)
    {
        Orphans.Adopt();
        var errno = Libc.SocketPair(out var ours, out var theirs);
        using (theirs)
        {
            if (errno != 0) throw StartErrors.SupervisorMissing(supervisorPath, errno);
            using var nothing = description.StandardInput is null ? File.OpenHandle("/dev/null") : null;
            ReadOnlySpan<SafeFileHandle?> descriptors =
                [description.StandardInput ?? nothing, description.StandardOutput, description.StandardError, theirs];
            errno = Libc.Spawn(supervisorPath, descriptors, out var pid);
            if (errno == 0)
            {
                // The socket owns the descriptor from here on.
                var control = new Socket(new SafeSocketHandle(ours.DangerousGetHandle(), ownsHandle: true));
                ours.SetHandleAsInvalid();
                return new SupervisedProcess(control, pid, description.OrphanGrace, time);
            }
        }

        ours.Dispose();
        throw StartErrors.SupervisorMissing(supervisorPath, errno);
    }
}
