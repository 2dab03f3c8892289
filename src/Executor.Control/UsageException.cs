namespace Executor.Control;

/// <summary>
/// Something the user gave cannot be used. The message is the one line the user sees: what was given, its value and
/// what is accepted. The program ends with exit code 2.
/// </summary>
internal sealed class UsageException(string message) : Exception(message);
