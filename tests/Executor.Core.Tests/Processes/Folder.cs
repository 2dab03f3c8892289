using System.Runtime.Versioning;

namespace Executor.Core.Tests.Processes;

/// <summary>A temporary folder that only its owner may enter.</summary>
[SupportedOSPlatform("linux")]
internal sealed class Folder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("executor-").FullName;

    /// <summary>Opens the folder to all, and puts a shell script into it that its owner may run.</summary>
    /// <returns>Its path.</returns>
    public string Script(string name, string text)
    {
        System.IO.File.SetUnixFileMode(Path, System.IO.File.GetUnixFileMode(Path) | UnixFileMode.OtherExecute);
        var path = System.IO.Path.Combine(Path, name);
        System.IO.File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Waits until a file has a whole line, and gives it.</summary>
    public async Task<string> LineOfAsync(string name, CancellationToken cancellationToken)
    {
        using var changed = new SemaphoreSlim(0);
        using var watcher = new FileSystemWatcher(Path, name);
        watcher.Created += (_, _) => changed.Release();
        watcher.Changed += (_, _) => changed.Release();
        watcher.EnableRaisingEvents = true;
        while (true)
        {
            var text = System.IO.File.Exists(File(name)) ? await System.IO.File.ReadAllTextAsync(File(name), cancellationToken) : "";
            if (text.IndexOf('\n', StringComparison.Ordinal) is var end and >= 0) return text[..end];
            await changed.WaitAsync(cancellationToken);
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
