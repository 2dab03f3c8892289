namespace Executor.Control.Run;

/// <summary>Finds the executor program that a run starts.</summary>
internal static class ExecutorProgram
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <param name="given">The option's value; null takes the program beside this one.</param>
    /// <exception cref="UsageException">There is none.</exception>
    public static string Find(string? given)
    {
        var path = Path.GetFullPath(given ?? Path.Combine(AppContext.BaseDirectory, "executor"));
        const string accepted = "the path of the executor program";
        if (!File.Exists(path)) throw new UsageException($"--executor: {path} does not exist; accepted: {accepted}");
        // Marathon's command line would make it executable, and the shell run it as a script of its own.
        if ((File.GetUnixFileMode(path) & Executable) == 0)
            throw new UsageException($"--executor: '{path}' is not an executable file; accepted: {accepted}");
        // Marathon puts the path between single quotes and escapes nothing.
        return path.Contains('\'', StringComparison.Ordinal)
            ? throw new UsageException($"--executor: {path} has a quote in it; accepted: {accepted} without quotes")
            : path;
    }

    /// <summary>
    /// Marathon's command line changes the executor's mode before it starts it, which only the owner may do. For an
    /// installed executor that belongs to root, the command line gets a script of our own instead.
    /// </summary>
    /// <param name="directory">Where the script goes.</param>
    public static string Startable(string path, string directory)
    {
        try
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path));
            return path;
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            var script = Path.Combine(directory, "executor");
            File.WriteAllText(script, $"#!/bin/sh\nexec '{path}' \"$@\"\n");
            return script;
        }
    }
}
