using System.Runtime.InteropServices;

namespace Executor.Core.Processes;

/// <summary>The system's error numbers, for people. Numbers are those of Linux.</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NotFound = 2;
    public const int TooBig = 7;
    public const int Again = 11;

    /// <summary>For instance <c>No such file or directory (ENOENT)</c>.</summary>
    public static string Describe(int errno) => $"{Marshal.GetPInvokeErrorMessage(errno)} ({Name(errno)})";

    // What starting a process may answer; the rest keeps its number.
    private static string Name(int errno) => errno switch
    {
        NotPermitted => "EPERM",
        NotFound => "ENOENT",
        5 => "EIO",
        TooBig => "E2BIG",
        8 => "ENOEXEC",
        Again => "EAGAIN",
        12 => "ENOMEM",
        13 => "EACCES",
        20 => "ENOTDIR",
        21 => "EISDIR",
        22 => "EINVAL",
        23 => "ENFILE",
        24 => "EMFILE",
        26 => "ETXTBSY",
        36 => "ENAMETOOLONG",
        38 => "ENOSYS",
        40 => "ELOOP",
        116 => "ESTALE",
        _ => $"errno {errno}",
    };
}
