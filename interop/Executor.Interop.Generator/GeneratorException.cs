namespace Executor.Interop.Generator;

/// <summary>Nothing can be generated. The message is one line for people.</summary>
internal sealed class GeneratorException(string message) : Exception(message);
