using Executor.Core.Configuration;
using Executor.Core.Hooks;
using Executor.Core.Telemetry;
using Mesos;
using NLog;

namespace Executor.Core.Health;

/// <summary>Does one check again and again; never two at once. Owns the probe.</summary>
/// <param name="create">Makes the probe for the process that runs.</param>
internal sealed class CheckLoop(string taskId, Func<StartedTask, IProbe> create, CheckTiming timing, TimeProvider time) : IAsyncDisposable
{
    private static readonly Logger Log = LogManager.GetLogger("health");

    private readonly CancellationTokenSource _over = new();
    private IProbe? _probe;
    private Task _running = Task.CompletedTask;

    /// <summary>Of the probe; once it was started.</summary>
    public string Description => _probe!.Description;

    /// <summary>Begins, once; returns at once.</summary>
    /// <param name="onResult">
    /// Called with each result and the time since the start; returns the pause until the next one. Null is a check that
    /// found out nothing in its time.
    /// </param>
    public void Start(StartedTask started, Func<ProbeResult?, TimeSpan, TimeSpan> onResult)
    {
        var probe = _probe = create(started);
        _running = Task.Run(() => RunAsync(probe, onResult));
    }

    /// <summary>No result is told any more, and what runs is ended. Returns at once.</summary>
    public void Stop() => _over.Cancel();

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _probe?.Dispose();
        _over.Dispose();
    }

    private async Task RunAsync(IProbe probe, Func<ProbeResult?, TimeSpan, TimeSpan> onResult)
    {
        var started = time.GetTimestamp();
        var pause = timing.Delay;
        while (true)
        {
            if (pause > TimeSpan.Zero) await Task.Delay(LongestWait.Clamp(pause), time, _over.Token);
            var result = await MeasureAsync(probe);
            _over.Token.ThrowIfCancellationRequested();
            pause = onResult(result, time.GetElapsedTime(started));
        }
    }

    private async Task<ProbeResult?> MeasureAsync(IProbe probe)
    {
        var started = time.GetTimestamp();
        var result = await RunOnceAsync(probe);
        var outcome = result is null ? "timeout" : result.Passed ? "passed" : "failed";
        Instruments.ProbeDuration.Record(time.GetElapsedTime(started).TotalSeconds, Instruments.Task(taskId), new("outcome", outcome));
        return result;
    }

    private async Task<ProbeResult?> RunOnceAsync(IProbe probe)
    {
        using var limit = new CancellationTokenSource(LongestWait.Clamp(timing.Timeout ?? TimeSpan.MaxValue), time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _over.Token);
        try
        {
            return await probe.RunAsync(both.Token);
        }
        catch (OperationCanceledException) when (!_over.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Without this nobody would check the task any more, and nobody would know.
            Log.Error(e, "{0}: internal error", probe.Description);
            return new ProbeResult($"internal error: {e.GetType().Name}", new CheckStatusInfo());
        }
    }
}
