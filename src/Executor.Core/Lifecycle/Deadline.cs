using Executor.Core.Configuration;

namespace Executor.Core.Lifecycle;

/// <summary>
/// A moment on the monotonic clock that only ever comes nearer. Not thread-safe but for the callback: one owner.
/// </summary>
/// <param name="told">
/// Called on a timer's thread, and possibly too early or too late: it only posts, and the owner asks
/// <see cref="IsOver"/>.
/// </param>
/// <param name="reached">What the owner then does.</param>
internal sealed class Deadline(TimeProvider time, Action<Deadline> told, Action reached) : IDisposable
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);
    private long _at = long.MaxValue;
    private ITimer? _timer;

    /// <summary>How long it is until then; zero when it is over.</summary>
    public TimeSpan Left
    {
        get
        {
            var left = time.GetElapsedTime(time.GetTimestamp(), _at);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Whether it was started and not stopped since.</summary>
    public bool IsRunning => _timer is not null;

    /// <summary>Whether it runs and the moment has come. Waits on where it has not: no timer is as long as some waits.</summary>
    public bool IsOver()
    {
        if (!IsRunning) return false;
        if (time.GetTimestamp() >= _at) return true;
        Start();
        return false;
    }

    /// <summary>Does what is to be done where it is over, once.</summary>
    public void Consider()
    {
        if (!IsOver()) return;
        Stop();
        reached();
    }

    /// <summary>Brings the moment nearer.</summary>
    /// <returns>False when it was as near already.</returns>
    public bool NoLaterThan(TimeSpan wait)
    {
        var now = time.GetTimestamp();
        var ticks = wait.TotalSeconds * time.TimestampFrequency;
        var at = ticks < long.MaxValue - now ? now + (long)ticks : long.MaxValue;
        if (at >= _at) return false;
        _at = at;
        if (IsRunning) Start();
        return true;
    }

    /// <summary>From now on the moment is told.</summary>
    public void Start()
    {
        Stop();
        var left = Left;
        // What a timer rounds down to nothing would be told again and again until the clock has caught up.
        if (left > TimeSpan.Zero && left < ShortestWait) left = ShortestWait;
        _timer = time.CreateTimer(_ => told(this), null, LongestWait.Clamp(left), Timeout.InfiniteTimeSpan);
    }

    public void Stop()
    {
        _timer?.Dispose();
        _timer = null;
    }

    public void Dispose() => Stop();
}
