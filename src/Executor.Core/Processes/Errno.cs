using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Executor.Core.Processes;

/// <summary>The system's error numbers, for people. Numbers are those of Linux.</summary>
public static class Errno
{
    public const int NotPermitted = 1;
    public const int NotFound = 2;
    public const int TooBig = 7;
    public const int Again = 11;

    /// <summary>For instance <c>No such file or directory (ENOENT)</c>.</summary>
    public static string Describe(int errno) => $"{Marshal.GetPInvokeErrorMessage(errno)} ({Name(errno)})";

    /// <summary>What an exception says, without the name of the file, which may be one that changes.</summary>
    public static string Reason(Exception e) => e switch
    {
        { InnerException: IOException or SocketException } => Reason(e.InnerException),
        FileNotFoundException or DirectoryNotFoundException => Describe(NotFound),
        // The runtime puts the system's number there, and its own ones are negative.
        IOException { HResult: > 0 } => Describe(e.HResult),
        _ => e.Message,
    };

    // What starting a process and writing a file may answer; the rest keeps its number.
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
        28 => "ENOSPC",
        30 => "EROFS",
        36 => "ENAMETOOLONG",
        38 => "ENOSYS",
        40 => "ELOOP",
        116 => "ESTALE",
        122 => "EDQUOT",
        _ => $"errno {errno}",
    };
}
