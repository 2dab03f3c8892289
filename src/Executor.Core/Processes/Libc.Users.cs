using System.Runtime.InteropServices;

namespace Executor.Core.Processes;

/// <summary>Users and groups.</summary>
internal static unsafe partial class Libc
{
    private const int Enoent = 2;
    private const int Esrch = 3;
    private const int Ebadf = 9;
    private const int Eperm = 1;
    private const int Erange = 34;
    private const int FirstBuffer = 1024;
    private const int LargestBuffer = 1 << 20;

    /// <summary>Looks a name up. An unknown one is no error.</summary>
    /// <returns>0, or an errno.</returns>
    public static int FindUser(string name, out uint? uid, out uint gid)
    {
        uint? found = null;
        uint group = 0;
        var errno = Grow((buffer, size) =>
        {
            Passwd entry;
            Passwd* result;
            var failure = Getpwnam(name, &entry, buffer, size, &result);
            if (failure == 0 && result is not null) (found, group) = (entry.Uid, entry.Gid);
            return failure;
        });
        (uid, gid) = (found, group);
        // What glibc and others answer for an unknown name: getpwnam_r(3).
        return errno is Enoent or Esrch or Ebadf or Eperm ? 0 : errno;
    }

    /// <summary>Null when the number has no name.</summary>
    public static string? NameOfUser(uint uid)
    {
        string? name = null;
        _ = Grow((buffer, size) =>
        {
            Passwd entry;
            Passwd* result;
            var failure = Getpwuid(uid, &entry, buffer, size, &result);
            if (failure == 0 && result is not null) name = Marshal.PtrToStringUTF8((nint)entry.Name);
            return failure;
        });
        return name;
    }

    /// <summary>All groups of a user, <paramref name="gid"/> included.</summary>
    public static uint[] GroupsOf(string name, uint gid)
    {
        for (var room = 64; ; room *= 2)
        {
            var groups = new uint[room];
            var count = room;
            fixed (uint* first = groups)
                if (Getgrouplist(name, gid, first, &count) >= 0) return groups[..count];
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    private delegate int Lookup(byte* buffer, nuint size);

    private static int Grow(Lookup lookup)
    {
        for (var size = FirstBuffer; ; size *= 2)
        {
            int errno;
            fixed (byte* buffer = new byte[size]) errno = lookup(buffer, (nuint)size);
            if (errno != Erange || size >= LargestBuffer) return errno;
        }
    }

    // struct passwd of glibc and musl.
    [StructLayout(LayoutKind.Sequential)]
    private struct Passwd
    {
        public byte* Name;
        public byte* Password;
        public uint Uid;
        public uint Gid;
        public byte* Gecos;
        public byte* Directory;
        public byte* Shell;
    }

    [LibraryImport("libc", EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Getpwnam(string name, Passwd* entry, byte* buffer, nuint size, Passwd** result);

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static partial int Getpwuid(uint uid, Passwd* entry, byte* buffer, nuint size, Passwd** result);

    [LibraryImport("libc", EntryPoint = "getgrouplist", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Getgrouplist(string user, uint group, uint* groups, int* count);
}
