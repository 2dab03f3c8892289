using System.IO.Pipes;
using Executor.Core.Ports;
using Microsoft.Win32.SafeHandles;

namespace Executor.Core.Processes;

/// <summary>How a program came out.</summary>
/// <param name="Output">What it wrote to stdout; null when that was more than it might.</param>
public sealed record ProgramResult(ProcessExit Exit, byte[]? Output);

/// <summary>Runs programs to their end that are asked something: they get it on stdin and answer on stdout.</summary>
public static class ProgramRun
{
    /// <summary>
    /// Returns when the program has ended. Whatever it left behind is killed; so is everything of it where it is
    /// cancelled, and where it writes too much.
    /// </summary>
    /// <param name="description">Its stdin and stdout are taken.</param>
    /// <param name="mostOutput">In bytes.</param>
    /// <exception cref="ProcessStartException">It could not be started.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing of it is left.</exception>
    public static async Task<ProgramResult> RunAsync(
        this IProcessLauncher launcher, ProcessDescription description, ReadOnlyMemory<byte> input, int mostOutput,
        CancellationToken cancellationToken)
    {
        await using var stdin = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
        await using var stdout = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        var process = await LaunchAsync(launcher, description, stdin, stdout, cancellationToken);
        await using (process)
        {
            _ = WriteAsync(stdin, input);
            var output = ReadAsync(process, stdout, mostOutput);
            try
            {
                await process.LeaderExit.WaitAsync(cancellationToken);
            }
            finally
            {
                process.Signal(Signals.Kill);
            }

            var exit = await process.LeaderExit;
            await process.TreeEmpty;
            return new ProgramResult(exit, await output);
        }
    }

    private static async Task<ISupervisedProcess> LaunchAsync(
        IProcessLauncher launcher, ProcessDescription description, AnonymousPipeServerStream stdin,
        AnonymousPipeServerStream stdout, CancellationToken cancellationToken)
    {
        using var input = Theirs(stdin);
        using var output = Theirs(stdout);
        try
        {
            return await launcher.LaunchAsync(
                description with { StandardInput = input, StandardOutput = output }, cancellationToken);
        }
        finally
        {
            stdin.DisposeLocalCopyOfClientHandle();
            stdout.DisposeLocalCopyOfClientHandle();
        }
    }

    private static SafeFileHandle Theirs(AnonymousPipeServerStream pipe) =>
        new(pipe.ClientSafePipeHandle.DangerousGetHandle(), ownsHandle: false);

    private static async Task WriteAsync(AnonymousPipeServerStream stdin, ReadOnlyMemory<byte> input)
    {
        try
        {
            await stdin.WriteAsync(input);
            await stdin.DisposeAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It does not have to read what it is told.
        }
    }

    /// <returns>Null where it wrote more; then it is killed.</returns>
    private static async Task<byte[]?> ReadAsync(ISupervisedProcess process, AnonymousPipeServerStream stdout, int most)
    {
        var buffer = new byte[most + 1];
        var length = await stdout.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false);
        if (length <= most) return buffer[..length];
        process.Signal(Signals.Kill);
        return null;
    }
}
