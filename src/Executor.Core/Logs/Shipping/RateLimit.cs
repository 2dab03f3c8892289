namespace Executor.Core.Logs.Shipping;

/// <summary>So many lines a second, counted when they came and not when they are shipped.</summary>
/// <param name="limit">0 is any number.</param>
internal sealed class RateLimit(int limit)
{
    private long _second;
    private int _count;

    /// <param name="arrived">Unix milliseconds.</param>
    public bool Allows(long arrived)
    {
        if (limit == 0) return true;
        var second = arrived / 1000;
        if (second != _second) (_second, _count) = (second, 0);
        return _count++ < limit;
    }
}
