using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Executor.Core.Processes;

/// <summary>
/// The system calls that starting and reaping a supervisor takes. System.Diagnostics.Process is out of the question:
/// its reaper and ours would meet. Numbers are those of Linux.
/// </summary>
internal static unsafe partial class Libc
{
    private const int Eintr = 4;
    private const int AfUnix = 1;
    private const int SockStream = 1;
    private const int SockCloexec = 0x80000;
    private const int DupCloexec = 1030;
    private const int SetChildSubreaper = 36;
    private const int NoHang = 1;
    private const int Stack = 3;

    // glibc takes 80 bytes on 64-bit systems, musl as many.
    private const int FileActionsSize = 256;

    /// <summary>Two connected stream sockets, both closed on exec.</summary>
    /// <returns>0, or an errno.</returns>
    public static int SocketPair(out SafeFileHandle ours, out SafeFileHandle theirs)
    {
        var pair = stackalloc int[2] { -1, -1 };
        var errno = Socketpair(AfUnix, SockStream | SockCloexec, 0, pair) == 0 ? 0 : Marshal.GetLastPInvokeError();
        ours = new SafeFileHandle(pair[0], ownsHandle: true);
        theirs = new SafeFileHandle(pair[1], ownsHandle: true);
        return errno;
    }

    /// <summary>
    /// Starts a program without arguments and with an empty environment. <paramref name="descriptors"/> become its
    /// 0, 1, 2 and so on; null leaves that one as it is here. Borrowed for the call.
    /// </summary>
    /// <returns>0, or the errno of whatever failed, the exec included.</returns>
    public static int Spawn(string path, ReadOnlySpan<SafeFileHandle?> descriptors, out int pid)
    {
        pid = 0;
        var actions = stackalloc byte[FileActionsSize];
        var errno = FileActionsInit(actions);
        if (errno != 0) return errno;
        var copies = new List<SafeFileHandle>(descriptors.Length);
        try
        {
            for (var target = 0; target < descriptors.Length; target++)
            {
                if (descriptors[target] is not { } source) continue;

                // A copy above every target: dup2 onto itself would leave close-on-exec set, and one onto another
                // source would destroy it.
                var copy = new SafeFileHandle(
                    Fcntl(source, DupCloexec, descriptors.Length), ownsHandle: true);
                if (copy.IsInvalid) return Marshal.GetLastPInvokeError();
                copies.Add(copy);
                errno = FileActionsAddDup2(actions, (int)copy.DangerousGetHandle(), target);
                if (errno != 0) return errno;
            }

            return SpawnNamed(path, actions, out pid);
        }
        finally
        {
            foreach (var copy in copies) copy.Dispose();
            _ = FileActionsDestroy(actions);
        }
    }

    /// <summary>Waits for a child that has ended or is just about to: blocks no longer than an exit takes.</summary>
    /// <returns>Its wait status; null when somebody else has reaped it.</returns>
    public static int? Reap(int pid)
    {
        int status;
        int reaped;
        do reaped = Waitpid(pid, &status, 0);
        while (reaped < 0 && Marshal.GetLastPInvokeError() == Eintr);
        return reaped == pid ? status : null;
    }

    /// <summary>Reaps a child if it has ended; anything else is no error.</summary>
    /// <returns>Whether it did.</returns>
    public static bool TryReap(int pid)
    {
        int status;
        return Waitpid(pid, &status, NoHang) == pid;
    }

    /// <summary>The soft limit of this process's stack, in bytes; the greatest number for none.</summary>
    public static ulong StackLimit()
    {
        var limit = stackalloc ulong[2];
        return Getrlimit(Stack, limit) == 0 ? limit[0] : ulong.MaxValue;
    }

    /// <summary>From here on this process inherits the orphans among its descendants.</summary>
    public static bool BecomeSubreaper() => Prctl(SetChildSubreaper, 1, 0, 0, 0) == 0;

    /// <summary>For code in C; the runtime's own setter does not reach it.</summary>
    public static void SetEnvironmentVariable(string name, string value) => _ = SetEnv(name, value, overwrite: 1);

    /// <summary>Sends a signal; a process that is gone is no error.</summary>
    /// <param name="pid">A child that has not been reaped, or minus the id of a process group.</param>
    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Kill(int pid, int signal);

    private static int SpawnNamed(string path, byte* actions, out int pid)
    {
        var name = Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            var arguments = stackalloc nint[2] { name, 0 };
            var environment = stackalloc nint[1] { 0 };
            return PosixSpawn(out pid, name, actions, null, arguments, environment);
        }
        finally
        {
            Marshal.FreeCoTaskMem(name);
        }
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int Getrlimit(int resource, ulong* limit);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Prctl(int option, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    private static partial int Socketpair(int domain, int type, int protocol, int* pair);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(SafeFileHandle descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "posix_spawn")]
    private static partial int PosixSpawn(
        out int pid, nint path, byte* actions, void* attributes, nint* arguments, nint* environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int FileActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int FileActionsAddDup2(byte* actions, int descriptor, int target);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int FileActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int Waitpid(int pid, int* status, int options);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
