using System.Threading.Channels;
using Executor.Core.Discovery.Consul;
using Microsoft.Extensions.Time.Testing;

namespace Executor.Core.Tests.Soak;

/// <summary>
/// A fake clock that counts the timers that are there, and tells which are armed. What limits a request runs on the real
/// clock: it must not end what is under way when the test moves the other.
/// </summary>
internal sealed class CountedTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _armed = Channel.CreateUnbounded<TimeSpan>();
    private int _timers;

    /// <summary>How many were made and not disposed of.</summary>
    public int Timers => Volatile.Read(ref _timers);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _timers);
        var timer = dueTime <= ConsulClient.Limit
            ? System.CreateTimer(callback, state, dueTime, period)
            : base.CreateTimer(callback, state, dueTime, period);
        _armed.Writer.TryWrite(period > TimeSpan.Zero ? period : dueTime);
        return new Counted(this, timer);
    }

    /// <summary>What was armed so far counts no more.</summary>
    public void Forget()
    {
        while (_armed.Reader.TryRead(out _))
        {
            // Of an earlier minute.
        }
    }

    /// <summary>Waits until a timer of each of these was armed: of its period, where it has one.</summary>
    public async Task WaitForAsync(HashSet<TimeSpan> dues, CancellationToken cancellationToken)
    {
        while (dues.Count > 0) dues.Remove(await _armed.Reader.ReadAsync(cancellationToken));
    }

    private sealed class Counted(CountedTime time, ITimer timer) : ITimer
    {
        private int _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var changed = timer.Change(dueTime, period);
            time._armed.Writer.TryWrite(period > TimeSpan.Zero ? period : dueTime);
            return changed;
        }

        public void Dispose()
        {
            Count();
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Count();
            return timer.DisposeAsync();
        }

        private void Count()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0) Interlocked.Decrement(ref time._timers);
        }
    }
}
