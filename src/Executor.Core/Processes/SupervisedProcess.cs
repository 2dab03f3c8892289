using System.Net.Sockets;
using System.Security.Cryptography;
using Executor.Core.Configuration;
using Executor.Core.Ports;

namespace Executor.Core.Processes;

/// <summary>
/// One program under its task-supervisor. A single loop reads the control socket until the supervisor has closed it
/// by exiting, then reaps the supervisor; it alone completes the tasks, on pool threads, and it owns the socket.
/// Nothing here polls, and no thread waits while the program runs.
/// <para>
/// A supervisor that ends without a word (somebody sent it SIGKILL) takes the leader along; the rest of its tree comes
/// to this process and is killed from here (<see cref="Orphans"/>). Then <see cref="TreeEmpty"/> completes, and
/// <see cref="LeaderExit"/> says that nobody knows.
/// </para>
/// </summary>
internal sealed class SupervisedProcess : ISupervisedProcess
{
    // What a tree needs to vanish after SIGKILL, with much to spare.
    private static readonly TimeSpan KillWait = TimeSpan.FromSeconds(5);

    private readonly Socket _control;
    private readonly int _supervisorPid;
    private readonly TimeSpan _orphanGrace;
    private readonly TimeProvider _time;
    private readonly Lock _sending = new();
    private readonly Task _end;
    private readonly Lock _reaping = new();
    private bool _reaped;
    private bool _failed;
    private Task<bool> _startSent = Task.FromResult(false);

    private readonly TaskCompletionSource<SupervisorReport?> _start = NewCompletion<SupervisorReport?>();
    private readonly TaskCompletionSource<ProcessExit> _leaderExit = NewCompletion<ProcessExit>();
    private readonly TaskCompletionSource<ResourceUsage?> _treeEmpty = NewCompletion<ResourceUsage?>();

    /// <param name="control">Connected to the supervisor; owned from here on.</param>
    /// <param name="supervisorPid">An unreaped child of this process; reaped from here on.</param>
    public SupervisedProcess(Socket control, int supervisorPid, TimeSpan orphanGrace, TimeProvider time)
    {
        _control = control;
        _supervisorPid = supervisorPid;
        _orphanGrace = orphanGrace;
        _time = time;
        _end = ReadToEndAsync();
    }

    /// <inheritdoc/>
    public int Pid { get; private set; }

    /// <inheritdoc/>
    public Task<ProcessExit> LeaderExit => _leaderExit.Task;

    /// <inheritdoc/>
    public Task<ResourceUsage?> TreeEmpty => _treeEmpty.Task;

    /// <summary>How the supervisor itself ended; null while it runs, or when somebody else reaped it.</summary>
    public ProcessExit? SupervisorExit { get; private set; }

    /// <summary>
    /// Sends the START frame. Returns the first report, or null when the supervisor ended without one; then it has
    /// been reaped. Called once.
    /// </summary>
    public async Task<SupervisorReport?> StartAsync(byte[] frame, CancellationToken cancellationToken)
    {
        _startSent = SendStartAsync(frame);
        await _startSent.WaitAsync(cancellationToken);
        return await _start.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Signal(int signal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(signal, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(signal, 64);
        try
        {
            // Two frames sent at once must not mix.
            lock (_sending) _control.Send(SupervisorFrames.EncodeSignal(signal));
            SignalSupervisor(Signals.Continue); // for one that somebody has stopped
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The supervisor has exited: the tree is empty.
        }
    }

    /// <summary>
    /// Lets the supervisor end the tree (SIGTERM, the orphan grace, SIGKILL) unless it is empty already, and returns
    /// when it has. One that does not in good time is itself killed, and the tree from here; what outlives even that
    /// is stuck in the kernel.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Hang();
        await WaitForEndAsync(_orphanGrace + KillWait);
    }

    /// <summary>As <see cref="DisposeAsync"/>, with SIGKILL at once.</summary>
    public async Task AbortAsync()
    {
        // Nothing may follow a torn START but the end of the socket, and after a whole one that end would mean SIGTERM
        // and the grace. So which of them it is has to be known.
        if (await StartSentAsync()) Signal(Signals.Kill);
        Hang();
        await WaitForEndAsync(KillWait);
    }

    // Never cancelled: the frame goes out whole, or the supervisor ends.
    private async Task<bool> SendStartAsync(byte[] frame)
    {
        try
        {
            for (var sent = 0; sent < frame.Length;)
                sent += await _control.SendAsync(frame.AsMemory(sent), SocketFlags.None);
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false; // The supervisor has ended, and the reader is about to find out.
        }
        finally
        {
            CryptographicOperations.ZeroMemory(frame); // the environment is in it
        }
    }

    private async Task<bool> StartSentAsync()
    {
        try
        {
            return await _startSent.WaitAsync(KillWait, _time);
        }
        catch (TimeoutException)
        {
            SignalSupervisor(Signals.Kill); // it does not read
            return false;
        }
    }

    private void SignalSupervisor(int signal)
    {
        lock (_reaping)
            if (!_reaped) _ = Libc.Kill(_supervisorPid, signal);
    }

    private static TaskCompletionSource<T> NewCompletion<T>() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Only our direction ends: what the supervisor still has to tell is read.
    private void Hang()
    {
        try
        {
            _control.Shutdown(SocketShutdown.Send);
            SignalSupervisor(Signals.Continue);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The supervisor has exited.
        }
    }

    private async Task WaitForEndAsync(TimeSpan limit)
    {
        if (await EndsWithinAsync(limit)) return;
        SignalSupervisor(Signals.Kill);
        _ = await EndsWithinAsync(KillWait + KillWait);
    }

    private async Task<bool> EndsWithinAsync(TimeSpan limit)
    {
        try
        {
            await _end.WaitAsync(LongestWait.Clamp(limit), _time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task ReadToEndAsync()
    {
        ResourceUsage? usage = null;
        try
        {
            usage = await ReadReportsAsync();
        }
        catch (InvalidDataException)
        {
            // Not a supervisor of ours, so that nothing it might do could be relied on.
            SignalSupervisor(Signals.Kill);
        }

        Reap();
        _control.Dispose();
        if (usage is null && !_failed) await Orphans.EndAsync(_time, KillWait);
        _start.TrySetResult(null);
        _leaderExit.TrySetResult(
            new ProcessExit(null, null, CoreDumped: false) { Lost = StartErrors.HowEnded(SupervisorExit) });
        _treeEmpty.TrySetResult(usage);
    }

    private void Reap()
    {
        lock (_reaping)
        {
            if (Libc.Reap(_supervisorPid) is { } status) SupervisorExit = SupervisorFrames.DecodeStatus(status);
            _reaped = true;
        }
    }

    /// <returns>What the supervisor said, before it closed the socket, when the tree was empty; null where it did not.</returns>
    private async Task<ResourceUsage?> ReadReportsAsync()
    {
        var buffer = new byte[4 * SupervisorFrames.MaxReport];
        ResourceUsage? usage = null;
        for (var have = 0; ;)
        {
            var got = await ReceiveAsync(buffer.AsMemory(have));
            if (got == 0) return usage;
            have += got;
            while (SupervisorFrames.Decode(buffer.AsSpan(0, have), out var length) is { } report)
            {
                Accept(report);
                if (report is SupervisorReport.Empty empty) usage = empty.Usage;
                buffer.AsSpan(length, have - length).CopyTo(buffer);
                have -= length;
            }
        }
    }

    private async Task<int> ReceiveAsync(Memory<byte> buffer)
    {
        try
        {
            return await _control.ReceiveAsync(buffer, SocketFlags.None);
        }
        catch (SocketException)
        {
            return 0; // reset: it exited before it had read everything
        }
    }

    private void Accept(SupervisorReport report)
    {
        switch (report)
        {
            case SupervisorReport.Started started:
                Pid = started.Pid;
                _start.TrySetResult(report);
                break;
            case SupervisorReport.Failed:
                _failed = true;
                _start.TrySetResult(report);
                break;
            case SupervisorReport.Exited exited:
                _leaderExit.TrySetResult(exited.Exit);
                break;
        }
    }
}
