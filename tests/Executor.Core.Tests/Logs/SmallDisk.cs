using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Executor.Core.Tests.Processes;

namespace Executor.Core.Tests.Logs;

/// <summary>A file system of its own, in memory, that is soon full. Only root may make one.</summary>
[SupportedOSPlatform("linux")]
internal sealed partial class SmallDisk : IDisposable
{
    private const int Detach = 2;

    private readonly Folder _folder = new();

    public SmallDisk(int bytes)
    {
        if (Environment.IsPrivilegedProcess && Mount("none", _folder.Path, "tmpfs", 0, $"size={bytes}") == 0) return;
        _folder.Dispose();
        Assert.Ignore("mounting a small file system is not allowed here");
    }

    public string Path => _folder.Path;

    public string File(string name) => _folder.File(name);

    /// <summary>Leaves no room.</summary>
    /// <returns>What has taken it.</returns>
    public string Fill()
    {
        var path = _folder.File("filler");
        using var file = System.IO.File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        try
        {
            for (long at = 0; ; at += 4096) RandomAccess.Write(file, new byte[4096], at);
        }
        catch (IOException)
        {
            return path;
        }
    }

    public void Dispose()
    {
        _ = Unmount(_folder.Path, Detach);
        _folder.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "mount", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Mount(string source, string target, string type, ulong flags, string data);

    [LibraryImport("libc", EntryPoint = "umount2", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmount(string target, int flags);
}
