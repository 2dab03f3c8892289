using Microsoft.Win32.SafeHandles;

namespace Executor.Core.Logs.Capture;

/// <summary>What the agent gives an executor for stdout and stderr.</summary>
internal static class SandboxFile
{
    private const string Deleted = " (deleted)";

    /// <summary>As agents make these files.</summary>
    public const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>
    /// Whether a descriptor of this process is that file. It is not where a container logger has the output, or another
    /// program: that one keeps and rotates it then.
    /// </summary>
    public static bool Is(int descriptor, string path)
    {
        using var file = Posix.OpenToLook(path);
        return !file.IsInvalid && Target(descriptor) is { } target && target == Target((int)file.DangerousGetHandle());
    }

    /// <summary>Whether this user may: an agent that runs executors as somebody else has opened it before.</summary>
    public static bool CanBeOpened(string path)
    {
        var errno = Posix.OpenToAppend(path, Mode, out var file);
        file.Dispose();
        return errno == 0;
    }

    /// <summary>Whether the file has no name any more.</summary>
    public static bool IsDeleted(SafeFileHandle file) =>
        Target((int)file.DangerousGetHandle())?.EndsWith(Deleted, StringComparison.Ordinal) == true;

    private static string? Target(int descriptor)
    {
        try
        {
            return new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // no such descriptor, or no /proc
        }
    }
}
