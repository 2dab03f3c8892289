using System.Runtime.InteropServices;

namespace Executor.Control.Output;

/// <summary>
/// This process's stdout as a stream that tells when nobody reads it any more: the runtime's own takes a closed pipe
/// for success, and a run whose reader has left would go on unseen.
/// </summary>
internal sealed partial class StandardOutput : Stream
{
    private const int Descriptor = 1;
    private const int Interrupted = 4;

    /// <summary>A process may be started without one; then what it opens first would take its place.</summary>
    public static bool IsOpen => Write(Descriptor, [], 0) >= 0;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="IOException">The reader has gone, or the disk is full.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var written = Write(Descriptor, buffer, buffer.Length);
            if (written >= 0)
                buffer = buffer[(int)written..];
            else if (Marshal.GetLastPInvokeError() is var error && error != Interrupted)
                throw new IOException($"stdout: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Write(int descriptor, ReadOnlySpan<byte> buffer, nint count);
}
