using Microsoft.Win32.SafeHandles;

namespace Executor.Core.Logs.Capture;

/// <summary>
/// This process's own stdout or stderr, where the agent gave something else than the sandbox's files: a container logger's
/// pipe, a terminal. Its reader may make the writer wait, as it would have made the task.
/// </summary>
/// <param name="stream">0 is stdout, 1 is stderr.</param>
internal sealed class InheritedOutput(int stream, LogCounts counts)
{
    private static readonly SafeFileHandle[] Own = [new(1, ownsHandle: false), new(2, ownsHandle: false)];

    public void Write(ReadOnlySpan<byte> bytes, TakePart? next)
    {
        next?.Invoke(bytes, null, 0);
        if (Posix.WriteAll(Own[stream], ref bytes) != 0) counts.Add(LogCount.FileBytesLost, bytes.Length);
    }
}
