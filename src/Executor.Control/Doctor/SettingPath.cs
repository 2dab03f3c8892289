using Executor.Core;
using Executor.Core.Processes;

namespace Executor.Control.Doctor;

/// <summary>Whether the files and folders that settings name can be used by who asks.</summary>
internal static class SettingPath
{
    private static readonly string[] Accepted = ["a path", "an absolute path"];

    /// <returns>Why what stands there cannot be used, as Linux says it; null where it can, or no path is meant.</returns>
    public static string? Trouble(string name, string path)
    {
        // Where a relative path begins is known only in the sandbox.
        if (!Path.IsPathRooted(path) || !AllSettings.Table.Any(setting => setting.Name == name && Accepted.Contains(setting.Accepted)))
            return null;
        try
        {
            switch (name)
            {
                case "EXECUTOR_METRICS_PROMETHEUS":
                    // Whoever reads the folder takes files that end in .prom only.
                    File.Create(Path.Combine(path, $".executorctl-{Guid.NewGuid():N}"), 1, FileOptions.DeleteOnClose).Dispose();
                    break;
                case "EXECUTOR_CONSUL_CAPATH":
                    _ = Directory.GetFiles(path);
                    break;
                case var _ when Directory.Exists(path):
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
