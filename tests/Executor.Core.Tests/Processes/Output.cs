using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;

namespace Executor.Core.Tests.Processes;

/// <summary>A pipe for the output of programs. It ends when the last process that holds it has.</summary>
internal sealed class Output : IDisposable
{
    private readonly AnonymousPipeServerStream _pipe = new(PipeDirection.In, HandleInheritability.None);
    private readonly StreamReader _reader;

    public Output()
    {
        _reader = new StreamReader(_pipe);
        Handle = new SafeFileHandle(_pipe.ClientSafePipeHandle.DangerousGetHandle(), ownsHandle: false);
    }

    /// <summary>The end to write to; gone after the first read.</summary>
    public SafeFileHandle Handle { get; }

    public async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        _pipe.DisposeLocalCopyOfClientHandle();
        return await _reader.ReadLineAsync(cancellationToken).AsTask().WaitAsync(cancellationToken);
    }

    public async Task<string> ReadToEndAsync(CancellationToken cancellationToken)
    {
        _pipe.DisposeLocalCopyOfClientHandle();
        return await _reader.ReadToEndAsync(cancellationToken).WaitAsync(cancellationToken);
    }

    public void Dispose()
    {
        _reader.Dispose();
        Handle.Dispose();
    }
}
