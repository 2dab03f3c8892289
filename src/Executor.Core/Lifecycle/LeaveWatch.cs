using Executor.Core.Configuration;
using Executor.Core.Ports;

namespace Executor.Core.Lifecycle;

/// <summary>
/// Knows when the executor leaves: keeps what <see cref="Departure"/> decides by, and waits for the moment. Not
/// thread-safe: the host's one reader owns it.
/// </summary>
/// <param name="over">Called on a timer's thread with the wait's number: it only posts, and the owner asks <see cref="TimeOver"/>.</param>
internal sealed class LeaveWatch(
    ExecutorHostOptions options, IExecutorDriver driver, StatusReporter reporter, TimeProvider time, Action<int> over)
{
    private bool _registered;
    private bool _connected;
    private bool _agentGone;
    private long _connectedAt;
    private long? _shutdownSince;
    private long? _idleSince;
    private ITimer? _timer;
    private int _wait;

    /// <summary>Whether the moment has come; it goes again when there is something to do.</summary>
    public bool HasCome { get; private set; }

    public bool ShuttingDown => _shutdownSince is not null;

    /// <summary>Updates that the agent has not acknowledged; null where the driver does not tell.</summary>
    public int? Unacknowledged => driver.ReportsAcknowledgements ? reporter.Unacknowledged : null;

    /// <summary>What the ends of the tasks may take from now on, when the executor shuts down.</summary>
    public ShutdownTimes ShutdownTimes
    {
        get
        {
            var all = EndBudget.Shutdown(options.ShutdownGrace, driver.ReportsAcknowledgements ? TimeSpan.Zero : options.BlindWait);
            return new ShutdownTimes(LeftOf(all.Kill), LeftOf(all.GiveUp), LeftOf(all.Over));
        }
    }

    /// <summary>The agent is there, for the first time or again.</summary>
    public void Connected()
    {
        _connected = true;
        _registered = true;
        _connectedAt = time.GetTimestamp();
        _idleSince = null;
    }

    /// <summary>The agent is away, and may come back.</summary>
    public void Disconnected() => _connected = false;

    /// <summary>The driver has given the agent up.</summary>
    public void AgentGone() => (_connected, _agentGone) = (false, true);

    /// <summary>Only the first one counts: a second shutdown does not begin the grace anew.</summary>
    public void ShutDown() => _shutdownSince ??= time.GetTimestamp();

    /// <summary>To be asked whenever something has changed.</summary>
    /// <param name="hadTasks">Whether it was ever given a task, or asked to kill one.</param>
    public void Consider(bool hasTasks, bool hadTasks)
    {
        HasCome = false;
        _wait++;
        _timer?.Dispose();
        if (hasTasks || !(_registered || ShuttingDown))
        {
            _idleSince = null;
            return;
        }

        _idleSince ??= time.GetTimestamp();
        var wait = Departure.Wait(options, new Departure.Situation
        {
            HadTasks = hadTasks,
            IdleFor = time.GetElapsedTime(_idleSince.Value),
            ShuttingDown = ShuttingDown,
            Connected = _connected,
            AgentGone = _agentGone,
            SinceUpdate = time.GetElapsedTime(Math.Max(reporter.LastSent, _connectedAt)),
            ShutdownLeft = LeftOf(EndBudget.Departure(options.ShutdownGrace)),
            Unacknowledged = Unacknowledged,
        });
        if (wait == TimeSpan.Zero) HasCome = true;
        else if (wait is { } rest) WaitFor(rest);
    }

    /// <summary>A wait is over; one that something has come between counts no more.</summary>
    public void TimeOver(int wait) => HasCome |= wait == _wait;

    public void Stop() => _timer?.Dispose();

    private void WaitFor(TimeSpan rest)
    {
        var wait = _wait;
        _timer = time.CreateTimer(_ => over(wait), null, LongestWait.Clamp(rest), Timeout.InfiniteTimeSpan);
    }

    /// <summary>What is left of a time that began with the first shutdown.</summary>
    private TimeSpan LeftOf(TimeSpan budget)
    {
        if (_shutdownSince is not { } since) return budget;
        var left = budget - time.GetElapsedTime(since);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
