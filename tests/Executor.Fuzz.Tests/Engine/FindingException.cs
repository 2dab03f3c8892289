namespace Executor.Fuzz.Tests.Engine;

/// <summary>Something that has to hold does not.</summary>
internal sealed class FindingException(string what, Exception? inner = null) : Exception(what, inner);
