using Executor.Core.Configuration;
using NLog;
using static System.FormattableString;

namespace Executor.Core.Hooks;

/// <summary>
/// Warms the task before it gets traffic: requests the paths of the label <c>warm-up</c>, separated by spaces, until each
/// has answered 2xx as often as <c>warm-up-count</c> says, <c>warm-up-concurrency</c> of them at once, within
/// <c>warm-up-limit</c>.
/// </summary>
public sealed class WarmUpHook(
    IReadOnlyList<Uri> paths, int count, int concurrency, TimeSpan limit, string taskId, TimeProvider time) : TaskHook
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Logger _log = TaskLogger.Get("warm-up", taskId);

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <inheritdoc/>
    public override string Name => "warm-up";

    public static TaskHook? Create(HookedTask task)
    {
        if (task.Labels.Get(HookLabels.WarmUp) is not { } text) return null;
        var paths = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(path => TaskAddress.Parse(path, task)).ToArray();
        if (paths.Length == 0 || paths.Any(path => path is null)) throw TaskLabels.NotAccepted(HookLabels.WarmUp, text);
        return new WarmUpHook(
            paths!, task.Labels.Get(HookLabels.WarmUpCount)!.Value, task.Labels.Get(HookLabels.WarmUpConcurrency)!.Value,
            task.Labels.Get(HookLabels.WarmUpLimit), task.Id, TimeProvider.System);
    }

    /// <inheritdoc/>
    public override async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        using var own = new CancellationTokenSource(LongestWait.Clamp(limit), time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(own.Token, cancellationToken);
        foreach (var path in paths) await WarmAsync(path, own.Token, both.Token);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await base.DisposeAsync();
    }

    private async Task WarmAsync(Uri path, CancellationToken own, CancellationToken both)
    {
        var latencies = new List<double>(count);
        var (failures, last) = (0, "no answer");
        try
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = both }, RequestAsync);
        }
        catch (OperationCanceledException) when (own.IsCancellationRequested)
        {
            throw new HookException(Invariant($"{path.Shown()} answered 2xx {latencies.Count} times of {count} within its limit, and not {failures} times: {last}"));
        }

        latencies.Sort();
        _log.Info(Invariant(
            $"{path.Shown()}: {count} requests, median {latencies[count / 2]:0.0} ms, slowest {latencies[^1]:0.0} ms; {failures} failed before"));

        async ValueTask RequestAsync(int number, CancellationToken token)
        {
            while (true)
            {
                var started = time.GetTimestamp();
                var error = await RequestOnceAsync(path, token);
                lock (latencies)
                {
                    if (error is null) latencies.Add(time.GetElapsedTime(started).TotalMilliseconds);
                    else (failures, last) = (failures + 1, error);
                }

                if (error is null) return;
                await Task.Delay(Pause, time, token);
            }
        }
    }

    private async Task<string?> RequestOnceAsync(Uri path, CancellationToken token)
    {
        try
        {
            using var response = await _client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, token);
            // Read to its end, because that is what warms, and kept nowhere: it may be of any length.
            await response.Content.CopyToAsync(Stream.Null, token);
            return response.IsSuccessStatusCode ? null : Invariant($"status {(int)response.StatusCode}");
        }
        catch (HttpRequestException e)
        {
            return HttpErrors.Text(e);
        }
        catch (IOException)
        {
            return "the answer broke off";
        }
    }
}
