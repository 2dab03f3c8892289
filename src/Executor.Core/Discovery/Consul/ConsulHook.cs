using Executor.Core.Configuration;
using Executor.Core.Hooks;
using NLog;

namespace Executor.Core.Discovery.Consul;

/// <summary>
/// Registers a task with the label <c>consul</c> with Consul's agent at Announce, keeps it there, and removes it at
/// Withdraw. What it began at Announce goes on in the background until Withdraw, whatever the stage's end.
/// </summary>
public sealed class ConsulHook : TaskHook
{
    /// <summary>How long a registration under way is waited for before the service is removed: it must not come after that.</summary>
    private static readonly TimeSpan LateRegistration = TimeSpan.FromSeconds(1);

    /// <summary>A beat may be lost, and the next one late.</summary>
    private const int BeatsPerTtl = 3;

    private readonly ConsulClient _client;
    private readonly ConsulEntry[] _entries;
    private readonly ConsulWeight _weight;
    private readonly ConsulUpkeep _upkeep;
    private readonly bool _waits;
    private readonly TimeProvider _time;
    private readonly Logger _log;
    private readonly CancellationTokenSource _withdrawn = new();
    private Task _work = Task.CompletedTask;

    private ConsulHook(
        IReadOnlyList<ConsulService> services, ConsulWeight weight, ConsulClient client, Settings settings, TimeProvider time, Logger log)
    {
        (_client, _weight, _time, _log) = (client, weight, time, log);
        _waits = settings.Get(ConsulSettings.Wait) == ConsulWait.Resolvable;
        _entries = [.. services.Select(service => new ConsulEntry(service, client, new ConsulRetry(time, log), log))];
        _upkeep = new ConsulUpkeep(_entries, weight, settings.Get(ConsulSettings.Ttl) / BeatsPerTtl, time);
    }

    /// <inheritdoc/>
    public override string Name => "consul";

    /// <inheritdoc/>
    public override bool Announces => true;

    /// <inheritdoc/>
    public override string? Trouble => OneLine.Joined(_entries.Select(entry => entry.Retry.Trouble).Distinct());

    /// <summary>Makes the hooks of all tasks; they share one client, which the first of them makes.</summary>
    public static HookFactory Factory(Settings settings, ServiceInstances instances, TimeProvider time)
    {
        if (!settings.Get(ConsulSettings.Enabled)) return _ => null;
        var client = new Lazy<ConsulClient>(() => ConsulConnection.Open(settings, time), LazyThreadSafetyMode.PublicationOnly);
        return task => task.Labels.Get(ConsulLabels.Services) is null or "false"
            ? null
            : Create(instances.Of(task), client, settings, time);
    }

    /// <inheritdoc/>
    public override Task AfterStartAsync(StartedTask started, CancellationToken cancellationToken)
    {
        _ = ConnectAsync();
        return Nothing;
    }

    /// <inheritdoc/>
    public override async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        var registering = Parallel.ForEachAsync(
            _entries,
            new ParallelOptions { MaxDegreeOfParallelism = _entries.Length, CancellationToken = _withdrawn.Token },
            async (entry, token) => await entry.Retry.RunAsync(() => entry.RegisterAsync(_weight.At(TimeSpan.Zero), healthy: true, token), token));
        _work = KeepAsync(registering);
        await registering.WaitAsync(cancellationToken);
        if (!_waits) return;
        foreach (var entry in _entries)
            await entry.Retry.RunAsync(() => entry.ExpectResolvableAsync(cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public override void OnHealthChanged(bool healthy) => _upkeep.Tell(healthy);

    /// <inheritdoc/>
    public override async Task WithdrawAsync(CancellationToken cancellationToken)
    {
        await _withdrawn.CancelAsync();
        await RemoveAsync(cancellationToken);
    }

    /// <summary>What could not be removed in time is tried again, as long as this stage may take.</summary>
    public override Task AfterExitAsync(CancellationToken cancellationToken) =>
        _work.IsCompleted && !_entries.Any(entry => entry.MayBeThere) ? Nothing : WithdrawAsync(cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _withdrawn.CancelAsync();
        await base.DisposeAsync();
    }

    private static ConsulHook? Create(ServiceInstance instance, Lazy<ConsulClient> client, Settings settings, TimeProvider time)
    {
        var log = TaskLogger.Get("consul", instance.Id);
        var services = new ConsulServices(
            settings.Get(ConsulSettings.Tag), settings.Get(ConsulSettings.Ttl), settings.Get(ConsulSettings.DeregisterAfter),
            text => log.Warn("{0}", text)).Of(instance);
        var weight = ConsulWeight.Of(new TaskLabels(instance.Labels));
        if (services.Count == 0) return null;
        return new ConsulHook(services, weight, client.Value, settings, time, log);
    }

    /// <summary>So that neither the announcement nor the withdrawal has to open a connection.</summary>
    private async Task ConnectAsync()
    {
        try
        {
            await _client.ConnectAsync(_withdrawn.Token);
        }
        catch (Exception e) when (e is ConsulException or OperationCanceledException)
        {
            _log.Debug("not connected yet: {0}", e.Message);
        }
    }

    private async Task KeepAsync(Task registering)
    {
        await registering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _upkeep.RunAsync(_withdrawn.Token);
    }

    /// <summary>Also before a registration under way is answered, and then once more.</summary>
    private async Task RemoveAsync(CancellationToken cancellationToken)
    {
        bool settled;
        do
        {
            await _work.WaitAsync(LateRegistration, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            settled = _work.IsCompleted;
            await RemoveKnownAsync(cancellationToken);
        }
        while (!settled);
    }

    private async Task RemoveKnownAsync(CancellationToken cancellationToken)
    {
        var errors = await Task.WhenAll(_entries.Where(entry => entry.MayBeThere).Select(async entry =>
        {
            try
            {
                await entry.Retry.RunAsync(() => entry.RemoveAsync(cancellationToken), cancellationToken);
                return null;
            }
            catch (HookException e)
            {
                return e.Message;
            }
        }));
        if (OneLine.Joined(errors.Distinct()) is { } text) throw new HookException(text);
    }
}
