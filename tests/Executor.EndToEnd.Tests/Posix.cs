using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Executor.EndToEnd.Tests;

/// <summary>What these tests need of the C library.</summary>
internal static partial class Posix
{
    private const int GetPipeSize = 1032;

    /// <returns>0, or -1 where there is no such process any more.</returns>
    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Kill(int pid, int signal);

    /// <returns>0, or -1 where it could not be made.</returns>
    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int MakePipe(string path, int mode);

    /// <summary>Fills an empty pipe, so that the next writer waits.</summary>
    public static void Fill(SafeFileHandle pipe)
    {
        var size = Fcntl(pipe, GetPipeSize, 0);
        Assert.That(Write(pipe, new byte[size], size), Is.EqualTo((nint)size));
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fcntl(SafeFileHandle descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "write")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Write(SafeFileHandle descriptor, byte[] bytes, nint count);
}
