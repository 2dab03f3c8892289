namespace Executor.Control.CommandLine;

/// <summary>What <c>executorctl doctor</c> was asked to do.</summary>
/// <param name="Verbose">Tell every symbol of libmesos instead of the missing ones.</param>
internal sealed record DoctorOptions(bool Json, bool Verbose);
