using Executor.Core.Processes;
using Microsoft.Win32.SafeHandles;
using NLog;

namespace Executor.Core.Logs.Capture;

/// <summary>Takes what was read, in order. Must not wait for anything but the disk; the bytes are borrowed for the call.</summary>
internal delegate void TakeBytes(ReadOnlySpan<byte> bytes);

/// <summary>
/// One stream of a task's output: a pipe, and a thread of its own that reads it, since to read late is to stop the task. It
/// ends with the last process that holds the pipe, or when it is stopped.
/// </summary>
internal sealed class CapturedStream : IDisposable
{
    /// <summary>Little enough to be in the cache still when what was read is written, counted and copied.</summary>
    private const int ReadSize = 64 * 1024;
    private const int PipeSize = 1024 * 1024;
    private const int ThreadStack = 256 * 1024;

    private static readonly Logger Log = LogManager.GetLogger("logs");

    private readonly SafeFileHandle _reading;
    private readonly SafeFileHandle _stopped;
    private readonly SafeFileHandle _stop;
    private readonly TakeBytes _take;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CapturedStream(SafeFileHandle reading, SafeFileHandle stopped, SafeFileHandle stop, TakeBytes take) =>
        (_reading, _stopped, _stop, _take) = (reading, stopped, stop, take);

    /// <summary>Completes when everything was read, or the reading was stopped; faults never.</summary>
    public Task Ended => _ended.Task;

    /// <param name="name">Of the thread.</param>
    /// <param name="writing">The end for the task; the caller's to close.</param>
    /// <exception cref="IOException">This process has no descriptor left.</exception>
    public static CapturedStream Start(string name, TakeBytes take, out SafeFileHandle writing)
    {
        var errno = Posix.Pipe(out var reading, out writing);
        var stopErrno = Posix.Pipe(out var stopped, out var stop);
        if (errno != 0 || stopErrno != 0)
        {
            foreach (var end in new[] { reading, writing, stopped, stop }) end.Dispose();
            throw new IOException($"no pipe for the task's output: {Errno.Describe(Math.Max(errno, stopErrno))}");
        }

        Posix.Enlarge(reading, PipeSize);
        var stream = new CapturedStream(reading, stopped, stop, take);
        new Thread(stream.Run, ThreadStack) { IsBackground = true, Name = name }.Start();
        return stream;
    }

    /// <summary>Whether somebody still held the pipe when the reading was stopped. Known once it has ended.</summary>
    public bool WasHeld { get; private set; }

    /// <summary>Reads what is in the pipe, and gives up what is still to come: what holds it would go on for ever.</summary>
    public void Stop() => _stop.Dispose();

    public void Dispose()
    {
        Stop();
        // The thread uses the other two until it ends, which it does at once.
        _ = _ended.Task.ContinueWith(
            _ =>
            {
                _reading.Dispose();
                _stopped.Dispose();
            },
            CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private void Run()
    {
        var buffer = GC.AllocateUninitializedArray<byte>(ReadSize, pinned: true);
        try
        {
            Read(buffer, _take);
        }
        catch (Exception e)
        {
            // A pipe that nobody reads would stop the task.
            Log.Error(e, "internal error: the rest of a task's output is lost");
            Read(buffer, static _ => { });
        }

        _ended.SetResult();
    }

    private void Read(Span<byte> buffer, TakeBytes take)
    {
        // No more is in the pipe at any time.
        for (var rest = PipeSize; rest > 0;)
        {
            var isStopped = _stop.IsClosed;
            var read = Posix.Read(_reading, buffer);
            if (read > 0)
            {
                take(buffer[..read]);
                if (isStopped) rest -= read;
                continue;
            }

            if (read == -Posix.Eintr) continue;
            if (read != -Posix.Eagain) return;
            if (isStopped) break;
            Posix.WaitForEither(_reading, _stopped);
        }

        WasHeld = true;
    }
}
