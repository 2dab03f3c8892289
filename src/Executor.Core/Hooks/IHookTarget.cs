namespace Executor.Core.Hooks;

/// <summary>Who is asked at a stage.</summary>
internal interface IHookTarget
{
    /// <param name="document">What is told: <see cref="HookDocument"/>.</param>
    /// <returns>The answer's bytes.</returns>
    /// <exception cref="HookException">There is no good one.</exception>
    Task<ReadOnlyMemory<byte>> AskAsync(ReadOnlyMemory<byte> document, CancellationToken cancellationToken);
}
