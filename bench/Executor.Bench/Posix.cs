using System.Runtime.InteropServices;

namespace Executor.Bench;

internal static partial class Posix
{
    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int MakeFifo(string path, uint mode);
}
