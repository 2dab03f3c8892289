using System.Runtime.InteropServices;

namespace Executor.EndToEnd.Tests;

/// <summary>What these tests need of the C library.</summary>
internal static partial class Posix
{
    /// <returns>0, or -1 where there is no such process any more.</returns>
    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Kill(int pid, int signal);

    /// <returns>0, or -1 where it could not be made.</returns>
    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int MakePipe(string path, int mode);
}
