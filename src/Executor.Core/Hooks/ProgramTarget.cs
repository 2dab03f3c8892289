using System.Globalization;
using Executor.Core.Ports;
using Executor.Core.Processes;

namespace Executor.Core.Hooks;

/// <summary>A program: the document is its stdin, its stdout the answer, its stderr this process's.</summary>
/// <param name="surroundings">All of the process but what it runs.</param>
/// <param name="command">The program and its arguments.</param>
internal sealed class ProgramTarget(
    IProcessLauncher launcher, ProcessDescription surroundings, IReadOnlyList<string> command) : IHookTarget
{
    public async Task<ReadOnlyMemory<byte>> AskAsync(ReadOnlyMemory<byte> document, CancellationToken cancellationToken)
    {
        try
        {
            var result = await launcher.RunAsync(
                surroundings with { Program = command[0], Arguments = command }, document, HookAnswer.Longest, cancellationToken);
            if (result.Output is null) throw new HookException($"its answer is longer than {HookAnswer.Longest} bytes");
            return result.Exit switch
            {
                { Code: 0 } => result.Output,
                { Signal: { } signal } => throw new HookException($"it was ended by signal {Signals.Name(signal)}"),
                { Code: { } code } => throw new HookException(string.Create(CultureInfo.InvariantCulture, $"it exited with status {code}")),
                _ => throw new HookException("it was lost"),
            };
        }
        catch (ProcessStartException e)
        {
            throw new HookException(e.Message, e);
        }
    }
}
