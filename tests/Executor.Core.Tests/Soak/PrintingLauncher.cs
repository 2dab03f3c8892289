using Executor.Core.Ports;
using Executor.Core.Tests.Lifecycle;

namespace Executor.Core.Tests.Soak;

/// <summary>Launches one process, which prints what the test says.</summary>
internal sealed class PrintingLauncher : IProcessLauncher, IDisposable
{
    private readonly TaskCompletionSource<FakeProcess> _launched = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FileStream? _output;

    public Task<FakeProcess> Launched => _launched.Task;

    public Task<ISupervisedProcess> LaunchAsync(ProcessDescription description, CancellationToken cancellationToken)
    {
        // A process has a copy of its own.
        var path = FormattableString.Invariant($"/proc/self/fd/{description.StandardOutput!.DangerousGetHandle()}");
        _output = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        var process = new FakeProcess(description);
        _launched.SetResult(process);
        return Task.FromResult<ISupervisedProcess>(process);
    }

    public void Print(byte[] bytes) => _output!.Write(bytes);

    /// <summary>The process ends, and closes its output.</summary>
    public void Dispose() => _output?.Dispose();
}
