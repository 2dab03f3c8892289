using System.Net.Sockets;
using Executor.Core.Configuration;
using Executor.Core.Ports;

namespace Executor.Core.Processes;

/// <summary>
/// One program under its task-supervisor. A single loop reads the control socket until the supervisor has closed it
/// by exiting, then reaps the supervisor; it alone completes the tasks, on pool threads, and it owns the socket.
/// Nothing here polls, and no thread waits while the program runs.
/// <para>
/// A supervisor that ends without a word (somebody sent it SIGKILL) takes the leader along. Then the leader's process
/// group gets SIGKILL from here, <see cref="LeaderExit"/> says signal 9, and <see cref="TreeEmpty"/> completes too,
/// though a descendant that had made a session of its own may live on unseen.
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
    private bool _startSent; // a torn START must be followed by nothing but the end of the socket

    private readonly TaskCompletionSource<SupervisorReport?> _start = NewCompletion<SupervisorReport?>();
    private readonly TaskCompletionSource<ProcessExit> _leaderExit = NewCompletion<ProcessExit>();
    private readonly TaskCompletionSource _treeEmpty = new(TaskCreationOptions.RunContinuationsAsynchronously);

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
    public Task TreeEmpty => _treeEmpty.Task;

    /// <summary>How the supervisor itself ended; null while it runs, or when somebody else reaped it.</summary>
    public ProcessExit? SupervisorExit { get; private set; }

    /// <summary>
    /// Sends the START frame. Returns the first report, or null when the supervisor ended without one; then it has
    /// been reaped. Called once.
    /// </summary>
    public async Task<SupervisorReport?> StartAsync(byte[] frame, CancellationToken cancellationToken)
    {
        try
        {
            for (var sent = 0; sent < frame.Length;)
                sent += await _control.SendAsync(frame.AsMemory(sent), SocketFlags.None, cancellationToken);
            _startSent = true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The supervisor has ended, and the reader is about to find out.
        }

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
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The supervisor has exited: the tree is empty.
        }
    }

    /// <summary>
    /// Lets the supervisor end the tree (SIGTERM, the orphan grace, SIGKILL) unless it is empty already, and returns
    /// when it has, or when it could not in good time: then the supervisor goes on trying by itself.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Hang();
        await WaitForEndAsync(_orphanGrace + KillWait);
    }

    /// <summary>As <see cref="DisposeAsync"/>, with SIGKILL at once.</summary>
    public async Task AbortAsync()
    {
        if (_startSent) Signal(Signals.Kill);
        Hang();
        await WaitForEndAsync(KillWait);
    }

    private static TaskCompletionSource<T> NewCompletion<T>() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Only our direction ends: what the supervisor still has to tell is read.
    private void Hang()
    {
        try
        {
            _control.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The supervisor has exited.
        }
    }

    private async Task WaitForEndAsync(TimeSpan limit)
    {
        try
        {
            await _end.WaitAsync(LongestWait.Clamp(limit), _time);
        }
        catch (TimeoutException)
        {
            // A process that even SIGKILL does not end yet, in uninterruptible sleep for instance.
        }
    }

    private async Task ReadToEndAsync()
    {
        var empty = false;
        try
        {
            empty = await ReadReportsAsync();
        }
        catch (InvalidDataException)
        {
            // Not a supervisor of ours, so that nothing it might do could be relied on.
            _ = Libc.Kill(_supervisorPid, Signals.Kill);
        }

        var leaderLost = !empty && Pid != 0 && !LeaderExit.IsCompleted;
        if (leaderLost) _ = Libc.Kill(-Pid, Signals.Kill);

        if (Libc.Reap(_supervisorPid) is { } status) SupervisorExit = SupervisorFrames.DecodeStatus(status);
        _control.Dispose();
        _start.TrySetResult(null);
        _leaderExit.TrySetResult(new ProcessExit(null, Signals.Kill, CoreDumped: false));
        _treeEmpty.TrySetResult();
    }

    /// <returns>Whether the supervisor said, before it closed the socket, that the tree is empty.</returns>
    private async Task<bool> ReadReportsAsync()
    {
        var buffer = new byte[4 * SupervisorFrames.MaxReport];
        var empty = false;
        for (var have = 0; ;)
        {
            var got = await ReceiveAsync(buffer.AsMemory(have));
            if (got == 0) return empty;
            have += got;
            while (SupervisorFrames.Decode(buffer.AsSpan(0, have), out var length) is { } report)
            {
                Accept(report);
                empty |= report is SupervisorReport.Empty;
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
                _start.TrySetResult(report);
                break;
            case SupervisorReport.Exited exited:
                _leaderExit.TrySetResult(exited.Exit);
                break;
        }
    }
}
