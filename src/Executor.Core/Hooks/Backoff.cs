namespace Executor.Core.Hooks;

/// <summary>
/// The pauses between tries: each twice the one before, up to a longest. Each is cut at random by up to half: executors
/// that lost the same server do not come back together.
/// </summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest)
{
    private int _doublings;

    /// <summary>The pause after one more failure.</summary>
    public TimeSpan Next()
    {
        var full = first * Math.Pow(2, _doublings);
        if (full < longest) _doublings++;
        else full = longest;
        return full * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    /// <summary>Something has succeeded.</summary>
    public void Reset() => _doublings = 0;
}
