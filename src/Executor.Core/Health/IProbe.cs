using Mesos;

namespace Executor.Core.Health;

/// <summary>Does one kind of check.</summary>
internal interface IProbe : IDisposable
{
    /// <summary>For people: what is checked.</summary>
    string Description { get; }

    /// <exception cref="OperationCanceledException">Cancelled; nothing of the check goes on.</exception>
    Task<ProbeResult> RunAsync(CancellationToken cancellationToken);
}

/// <summary>What a check has found.</summary>
/// <param name="Error">Why it does not pass; null where it does.</param>
/// <param name="Status">For a generic check; empty where nothing was found out.</param>
internal sealed record ProbeResult(string? Error, CheckStatusInfo Status)
{
    public bool Passed => Error is null;
}
