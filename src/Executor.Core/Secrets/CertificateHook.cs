using Executor.Core.Configuration;
using Executor.Core.Hooks;
using NLog;

namespace Executor.Core.Secrets;

/// <summary>
/// The label <c>validate-certificate</c>: a task starts only with a good certificate and ends gracefully before that one
/// does, at a random instant, so that a fleet which was started at once does not end at once.
/// </summary>
public sealed class CertificateHook : TaskHook
{
    /// <summary>A certificate ends by the wall's clock, which may be set meanwhile.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);

    private readonly HookedTask _task;
    private readonly OwnIdentity _identity;
    private readonly TimeSpan _jitter;
    private readonly TimeProvider _time;
    private readonly Logger _log;
    private readonly CancellationTokenSource _over = new();
    private DateTimeOffset _notAfter;

    private CertificateHook(HookedTask task, OwnIdentity identity, TimeSpan jitter, TimeProvider time)
    {
        (_task, _identity, _jitter, _time) = (task, identity, jitter, time);
        _log = TaskLogger.Get("certificate", task.Id);
    }

    /// <inheritdoc/>
    public override string Name => "certificate";

    public static HookFactory Factory(OwnIdentity identity, Settings settings, TimeProvider time) =>
        task =>
        {
            if (!task.Labels.Get(SecretLabels.ValidateCertificate)) return null;
            _ = identity.Authorities; // a file that cannot be used is an error of the task
            return new CertificateHook(task, identity, settings.Get(SecretSettings.Jitter), time);
        };

    /// <inheritdoc/>
    public override async Task<IReadOnlyDictionary<string, string>> BeforeStartAsync(CancellationToken cancellationToken)
    {
        using var identity = await _identity.ReadAsync(cancellationToken);
        _notAfter = identity.NotAfter;
        return await Nothing;
    }

    /// <inheritdoc/>
    public override Task AfterStartAsync(StartedTask started, CancellationToken cancellationToken)
    {
        var left = _notAfter - _time.GetUtcNow();
        var end = _notAfter - (TimeSpan.FromTicks(Math.Min(_jitter.Ticks, left.Ticks / 2)) * Random.Shared.NextDouble());
        _log.Info("the certificate is valid until {0}; the task ends at {1}", Identity.Shown(_notAfter), Identity.Shown(end));
        _ = WatchAsync(end);
        return Nothing;
    }

    /// <inheritdoc/>
    public override void OnEndBegun() => _over.Cancel();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _over.Dispose();
        await base.DisposeAsync();
    }

    private async Task WatchAsync(DateTimeOffset end)
    {
        try
        {
            while (end - _time.GetUtcNow() is { Ticks: > 0 } left)
                await Task.Delay(left < LongestSleep ? left : LongestSleep, _time, _over.Token);
            _task.Control.EndExpired($"the task's certificate expires at {Identity.Shown(_notAfter)}");
        }
        catch (OperationCanceledException)
        {
            // The task ends for another reason.
        }
    }
}
