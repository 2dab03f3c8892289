using Microsoft.Win32.SafeHandles;

namespace Executor.Core.Hooks;

/// <summary>What a task's stdout and stderr are to be. The launch owns both, and closes them once the task has them.</summary>
public sealed record TaskOutput(SafeFileHandle StandardOutput, SafeFileHandle StandardError) : IDisposable
{
    public void Dispose()
    {
        StandardOutput.Dispose();
        StandardError.Dispose();
    }
}
