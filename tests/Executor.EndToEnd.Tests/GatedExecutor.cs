using System.Runtime.Versioning;

namespace Executor.EndToEnd.Tests;

/// <summary>The published executor, with supervisors that wait at a gate: nothing starts before the test says so.</summary>
[SupportedOSPlatform("linux")]
internal sealed class GatedExecutor : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("executor-gated-");

    public GatedExecutor()
    {
        foreach (var file in new[] { "executor", "libexecutor_bridge.so" })
            File.Copy(Built.Program(file), Path.Combine(_folder.FullName, file));
        var supervisor = Path.Combine(_folder.FullName, "task-supervisor");
        File.WriteAllText(supervisor, $"#!/bin/sh\n{Gate.Wait}\nexec '{Built.Program("task-supervisor")}' \"$@\"\n");
        File.SetUnixFileMode(supervisor, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public string Program => Path.Combine(_folder.FullName, "executor");

    public Gate Gate { get; } = new();

    public void Dispose()
    {
        Gate.Dispose();
        _folder.Delete(recursive: true);
    }
}
