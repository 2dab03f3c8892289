using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;

namespace Executor.Control.Output;

/// <summary>
/// Carries one stream of an executor from a pipe into its file in the sandbox, byte for byte, and shows its lines.
/// </summary>
/// <remarks>
/// A pipe's reads block on Unix, so each pump has a thread of its own instead of one of the pool's.
/// </remarks>
internal sealed class OutputPump : IDisposable
{
    private readonly AnonymousPipeServerStream _pipe = new(PipeDirection.In);

    /// <summary>Starts reading at once.</summary>
    /// <param name="path">The file; it is created.</param>
    /// <param name="line">Gets each line, on the pump's thread; the stream waits for it.</param>
    public OutputPump(string path, Action<string> line)
    {
        var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        Completion = Task.Factory.StartNew(
            () => Pump(file, new LineSplitter(line)),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    /// <summary>Completes when every writer has closed the pipe and everything is written and shown.</summary>
    public Task Completion { get; }

    /// <summary>Hands the writing end over; its new owner closes it. Once only.</summary>
    public SafeFileHandle TakeWriter()
    {
        var writer = _pipe.ClientSafePipeHandle;
        var handle = new SafeFileHandle(writer.DangerousGetHandle(), ownsHandle: true);
        writer.SetHandleAsInvalid();
        return handle;
    }

    public void Dispose() => _pipe.Dispose();

    private void Pump(FileStream file, LineSplitter splitter)
    {
        using (file)
        {
            var buffer = new byte[16 * 1024];
            while (_pipe.Read(buffer) is var read and > 0)
            {
                file.Write(buffer.AsSpan(0, read));
                splitter.Write(buffer.AsSpan(0, read));
            }
        }

        splitter.Complete();
    }
}
