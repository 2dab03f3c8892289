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
        File.SetUnixFileMode(Path, File.GetUnixFileMode(Path) | UnixFileMode.OtherExecute);
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
