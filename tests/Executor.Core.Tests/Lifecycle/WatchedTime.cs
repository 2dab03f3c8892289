using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Executor.Core.Tests.Lifecycle;

/// <summary>A fake clock that tells which timers are armed, so that a test advances it neither too early nor blindly.</summary>
internal class WatchedTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _armed = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _armed.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Waits until a timer of at most this long has been armed.</summary>
    public async Task WaitForTimerAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        while (await _armed.Reader.ReadAsync(cancellationToken) > longest)
        {
            // An earlier, longer one.
        }
    }

    /// <summary>Waits until a timer of exactly this long has been armed.</summary>
    public async Task WaitForTimerOfAsync(TimeSpan due, CancellationToken cancellationToken)
    {
        while (await _armed.Reader.ReadAsync(cancellationToken) != due)
        {
            // Another one.
        }
    }
}
