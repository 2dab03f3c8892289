using Executor.Core.Logs.Capture;
using Microsoft.Win32.SafeHandles;

namespace Executor.Core.Logs;

/// <summary>This process's stderr, whatever file it is by now. Any thread.</summary>
public static class StandardError
{
    private static readonly SafeFileHandle Descriptor = new(2, ownsHandle: false);

    /// <summary>Writes a line in one piece; what cannot be written is nobody's to be told.</summary>
    public static void Write(ReadOnlySpan<byte> line) => Posix.WriteAll(Descriptor, ref line);
}
