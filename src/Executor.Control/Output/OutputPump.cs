using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;

namespace Executor.Control.Output;

/// <summary>
/// Carries one stream of an executor from a pipe into its file in the sandbox, byte for byte, and shows its lines.
/// </summary>
/// <remarks>
/// A pipe's reads block on Unix, so each pump has a thread of its own instead of one of the pool's. That thread owns
/// the pipe and the file and closes both at the end: closing a pipe from elsewhere would wait for the read.
/// </remarks>
internal sealed class OutputPump
{
    private OutputPump(Task completion) => Completion = completion;

    /// <summary>Completes when every writer has closed the pipe and everything is written and shown.</summary>
    public Task Completion { get; }

    /// <summary>Starts reading at once.</summary>
    /// <param name="path">The file; it is created.</param>
    /// <param name="line">Gets each line, on the pump's thread; the stream waits for it.</param>
    /// <param name="writer">The writing end; the caller owns it.</param>
    public static OutputPump Start(string path, Action<string> line, out SafeFileHandle writer)
    {
        var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        var pipe = new AnonymousPipeServerStream(PipeDirection.In);
        writer = new SafeFileHandle(pipe.ClientSafePipeHandle.DangerousGetHandle(), ownsHandle: true);
        pipe.ClientSafePipeHandle.SetHandleAsInvalid();
        return new OutputPump(Task.Factory.StartNew(
            () => Pump(pipe, file, new LineSplitter(line)),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default));
    }

    private static void Pump(AnonymousPipeServerStream pipe, FileStream file, LineSplitter splitter)
    {
        using (pipe)
        using (file)
        {
            var buffer = new byte[16 * 1024];
            while (pipe.Read(buffer) is var read and > 0)
            {
                TryWrite(file, buffer.AsSpan(0, read));
                splitter.Write(buffer.AsSpan(0, read));
            }
        }

        splitter.Complete();
    }

    /// <summary>A full disk costs the file some bytes; ending the read would cost the task its life.</summary>
    private static void TryWrite(FileStream file, ReadOnlySpan<byte> bytes)
    {
        try
        {
            file.Write(bytes);
        }
        catch (IOException)
        {
            // The next write may find room again.
        }
    }
}
