using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Executor.Core.Logs.Capture;

/// <summary>The system calls that capturing takes, as the runtime has no such files and pipes. Numbers are those of Linux.</summary>
internal static unsafe partial class Posix
{
    public const int Eintr = 4;
    public const int Eagain = 11;

    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int ReadWrite = 2;
    private const int Create = 0x40;
    private const int Append = 0x400;
    private const int NoFollow = 0x20000;
    private const int PathOnly = 0x200000;
    private const int SetFlags = 4;
    private const int SetPipeSize = 1031;
    private const int DuplicateCloseOnExec = 1030;
    private const int SeekCurrent = 1;
    private const int SeekEnd = 2;
    private const short PollIn = 1;

    /// <summary>A pipe whose reading end never waits. Both ends close on exec.</summary>
    /// <returns>0, or an errno.</returns>
    public static int Pipe(out SafeFileHandle reading, out SafeFileHandle writing)
    {
        var ends = stackalloc int[2] { -1, -1 };
        var errno = Pipe2(ends, CloseOnExec) == 0 ? 0 : Marshal.GetLastPInvokeError();
        reading = new SafeFileHandle(ends[0], ownsHandle: true);
        writing = new SafeFileHandle(ends[1], ownsHandle: true);
        if (errno == 0 && Fcntl(reading, SetFlags, NonBlocking) < 0) errno = Marshal.GetLastPInvokeError();
        return errno;
    }

    /// <summary>Another descriptor of the same open file; invalid where this process has none left.</summary>
    public static SafeFileHandle Duplicate(SafeFileHandle file) => new(Fcntl(file, DuplicateCloseOnExec, 0), ownsHandle: true);

    /// <summary>Gives a pipe more room than its 64 KiB, as far as this user may have it.</summary>
    public static void Enlarge(SafeFileHandle pipe, int bytes) => _ = Fcntl(pipe, SetPipeSize, bytes);

    /// <summary>
    /// Opens a file for reading and appending; makes it where there is none. No link is followed: the task may make some, and
    /// need not have this process's rights.
    /// </summary>
    /// <returns>0, or an errno.</returns>
    public static int OpenToAppend(string path, UnixFileMode mode, out SafeFileHandle file)
    {
        file = new SafeFileHandle(Open(path, ReadWrite | Create | Append | NoFollow | CloseOnExec, (uint)mode), ownsHandle: true);
        return file.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
    }

    /// <summary>Opens a file to look at it only, whatever it is.</summary>
    public static SafeFileHandle OpenToLook(string path) => new(Open(path, PathOnly | CloseOnExec, 0), ownsHandle: true);

    /// <summary>Reads what is there.</summary>
    /// <returns>How many bytes, 0 at the end; or minus an errno.</returns>
    public static int Read(SafeFileHandle file, Span<byte> buffer)
    {
        fixed (byte* at = buffer)
        {
            var read = Read(file, at, (nuint)buffer.Length);
            return read >= 0 ? (int)read : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Writes some of the bytes.</summary>
    /// <returns>How many; or minus an errno.</returns>
    public static int Write(SafeFileHandle file, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* at = bytes)
        {
            var written = Write(file, at, (nuint)bytes.Length);
            return written >= 0 ? (int)written : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Writes all of the bytes, whatever interrupts it.</summary>
    /// <param name="bytes">What is left of them afterwards.</param>
    /// <returns>0, or the errno that has ended it.</returns>
    public static int WriteAll(SafeFileHandle file, ref ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var written = Write(file, bytes);
            if (written >= 0) bytes = bytes[written..];
            else if (written != -Eintr) return -written;
        }

        return 0;
    }

    /// <summary>Waits until one of the two can be read, or has ended.</summary>
    public static void WaitForEither(SafeFileHandle first, SafeFileHandle second)
    {
        var polled = stackalloc PollDescriptor[2];
        polled[0] = new PollDescriptor { Descriptor = (int)first.DangerousGetHandle(), Events = PollIn };
        polled[1] = new PollDescriptor { Descriptor = (int)second.DangerousGetHandle(), Events = PollIn };
        while (Poll(polled, 2, -1) < 0 && Marshal.GetLastPInvokeError() == Eintr)
        {
        }
    }

    /// <returns>How long the file is; negative where it is none with a length.</returns>
    public static long Length(SafeFileHandle file) => Seek(file, 0, SeekEnd);

    /// <returns>Where the last write to the file ended; negative where it has no positions.</returns>
    public static long Position(SafeFileHandle file) => Seek(file, 0, SeekCurrent);

    /// <summary>Makes a descriptor of this process another one's copy, in one step.</summary>
    public static void Replace(int descriptor, SafeFileHandle by) => _ = Dup2(by, descriptor);

    /// <summary>Lets other threads go before the calling one, as far as that may be said; the runtime's priorities mean nothing here.</summary>
    public static void BeNice(int niceness) => _ = SetPriority(0, 0, niceness);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
#pragma warning disable CS0169 // the kernel writes it
        private readonly short _returned;
#pragma warning restore CS0169
    }

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int Pipe2(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(SafeFileHandle descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle file, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollDescriptor* descriptors, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long Seek(SafeFileHandle file, long offset, int from);

    /// <summary>Of the calling thread: Linux has these of threads where POSIX says processes.</summary>
    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int Dup2(SafeFileHandle from, int to);
}
