namespace Executor.Control.CommandLine;

/// <summary>What <c>executorctl doctor</c> was asked to do.</summary>
/// <param name="Verbose">Tell every symbol of libmesos instead of the missing ones.</param>
/// <param name="DriverReport">Set where doctor runs itself: check the driver only, and write what is found there.</param>
internal sealed record DoctorOptions(bool Json, bool Verbose, string? DriverReport = null);
