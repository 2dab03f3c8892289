using Executor.Core.Configuration;
using Executor.Core.Processes;

namespace Executor.Control.Doctor;

/// <summary>Whether the files and folders that settings name can be used by who asks.</summary>
internal static class SettingPath
{
    /// <returns>Why what stands there cannot be used, as Linux says it; null where it can.</returns>
    public static string? Trouble(PathKind kind, string path)
    {
        // Where a relative path begins is known only in the sandbox.
        if (!Path.IsPathRooted(path)) return null;
        try
        {
            switch (kind)
            {
                case PathKind.WritableFolder:
                    // Whoever reads the folder takes files that end in .prom only.
                    File.Create(Path.Combine(path, $".executorctl-{Guid.NewGuid():N}"), 1, FileOptions.DeleteOnClose).Dispose();
                    break;
                case PathKind.Folder:
                    _ = Directory.GetFiles(path);
                    break;
                case PathKind.File when Directory.Exists(path):
                    return $"{path}: Is a directory";
                default:
                    File.OpenRead(path).Dispose();
                    break;
            }

            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"{path}: {Errno.Reason(error)}";
        }
    }
}
