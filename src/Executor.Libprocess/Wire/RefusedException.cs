namespace Executor.Libprocess.Wire;

/// <summary>
/// Bytes that cannot be a message; where the next one would begin is unknown, so their connection has to close.
/// </summary>
/// <param name="kind">A fixed word to count and log by; the message holds the particulars.</param>
internal sealed class RefusedException(string kind, string message) : Exception(message)
{
    public string Kind { get; } = kind;
}
