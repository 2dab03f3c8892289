using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Executor.Core.Configuration;
using Executor.Core.Hooks;
using NLog;

namespace Executor.Core.Discovery.HaProxy;

/// <summary>
/// Gives the task a server slot in every HAProxy of <c>EXECUTOR_HAPROXY</c>: ready when it is announced or healthy again,
/// drained when it is withdrawn or unhealthy, in maintenance and free once no process of it is left. While it is announced
/// it is looked after: a HAProxy that forgot it is told again.
/// </summary>
public sealed class HaProxyHook : TaskHook
{
    /// <summary>Waiting longer for a free slot helps nobody: who has one may be waiting for this task.</summary>
    private static readonly TimeSpan AnnouncePatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WithdrawPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly HaProxyLabel _label;
    private readonly string _host;
    private readonly string _withdrawnState;
    private readonly IReadOnlyList<HaProxyAddress> _addresses;
    private readonly TimeProvider _time;
    private readonly Logger _log;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly CancellationTokenSource _keeping = new();
    private readonly Func<string, AddressFamily, CancellationToken, Task<IPAddress>> _resolve;
    private readonly Retry _resolving;

    /// <summary>Empty until the task's address is known.</summary>
    private volatile HaProxySlots[] _slots = [];
    private volatile bool _healthy = true;
    private Task _keeper = Task.CompletedTask;

    private HaProxyHook(
        ServiceInstance instance, HaProxyLabel label, string withdrawnState, IReadOnlyList<HaProxyAddress> addresses, TimeProvider time,
        Func<string, AddressFamily, CancellationToken, Task<IPAddress>> resolve)
    {
        (_label, _withdrawnState, _addresses, _time, _resolve) = (label, withdrawnState, addresses, time, resolve);
        _host = instance.Address;
        _log = TaskLogger.Get("haproxy", instance.Id);
        _resolving = new Retry(FirstPause, LongestPause, time, _log);
    }

    /// <inheritdoc/>
    public override string Name => "haproxy";

    /// <inheritdoc/>
    public override bool Announces => true;

    /// <inheritdoc/>
    public override string? Trouble => _slots is { Length: > 0 } all
        ? OneLine.Joined(all.Select(slots => slots.Trouble))
        : _resolving.Trouble;

    public static HookFactory Factory(Settings settings, ServiceInstances instances) =>
        task => task.Labels.Has(HaProxyLabels.Slot) ? Create(instances.Of(task), settings, TimeProvider.System) : null;

    /// <returns>Null where the instance has no label for it.</returns>
    /// <exception cref="InvalidTaskException">What it asks for makes no sense.</exception>
    public static TaskHook? Create(ServiceInstance instance, Settings settings, TimeProvider time) =>
        Create(instance, settings, time, InstanceAddress.ResolveAsync);

    internal static TaskHook? Create(
        ServiceInstance instance, Settings settings, TimeProvider time, Func<string, AddressFamily, CancellationToken, Task<IPAddress>> resolve)
    {
        if (HaProxyLabel.Read(instance) is not { } label) return null;
        var addresses = settings.Get(HaProxySettings.Addresses);
        if (addresses.Count == 0)
            throw new InvalidTaskException($"label {HaProxyLabels.Slot.Name} needs {HaProxySettings.Addresses.Name}, which is not set");
        return new HaProxyHook(instance, label, new TaskLabels(instance.Labels).Get(HaProxyLabels.Withdraw), addresses, time, resolve);
    }

    /// <inheritdoc/>
    public override async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ResolveAsync(cancellationToken);
            await AllAsync(slots => slots.AnnounceAsync(AnnouncePatience, cancellationToken));
        }
        finally
        {
            _keeper = Task.Run(KeepAsync, CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public override void OnHealthChanged(bool healthy)
    {
        _healthy = healthy;
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Returns when no new request comes; those under way are not waited for and not broken.</summary>
    public override async Task WithdrawAsync(CancellationToken cancellationToken)
    {
        await StopKeepingAsync();
        await AllAsync(slots => slots.WithdrawAsync(_withdrawnState, WithdrawPatience, cancellationToken));
    }

    /// <inheritdoc/>
    public override Task AfterExitAsync(CancellationToken cancellationToken) =>
        _slots.Length == 0 ? Nothing : AllAsync(slots => slots.ReleaseAsync(cancellationToken));

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await StopKeepingAsync();
        _keeping.Dispose();
        await base.DisposeAsync();
    }

    private async Task StopKeepingAsync()
    {
        await _keeping.CancelAsync();
        // Whatever became of it, the withdrawal has to follow.
        await _keeper.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task KeepAsync()
    {
        await using var timer = _time.CreateTimer(_ => _wake.Writer.TryWrite(true), null, LookPeriod, LookPeriod);
        try
        {
            await foreach (var _ in _wake.Reader.ReadAllAsync(_keeping.Token)) await LookAfterAsync(_keeping.Token);
        }
        catch (OperationCanceledException)
        {
            // Withdrawn.
        }
    }

    private async Task ResolveAsync(CancellationToken cancellationToken)
    {
        if (_slots.Length > 0) return;
        var address = await _resolving.RunAsync(token => _resolve(_host, AddressFamily.Unspecified, token), cancellationToken);
        var instance = new IPEndPoint(address, _label.Port);
        _slots = [.. _addresses.Select(haproxy => new HaProxySlots(
            new HaProxyApi(haproxy, _time), _label.Backend, _label.SlotPrefix, instance, _time, _log))];
    }

    private async Task LookAfterAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ResolveAsync(cancellationToken);
            if (_healthy) await AllAsync(slots => slots.AnnounceAsync(TimeSpan.Zero, cancellationToken));
            else await AllAsync(slots => slots.WithdrawAsync(_withdrawnState, TimeSpan.Zero, cancellationToken));
        }
        catch (HookException e)
        {
            _log.Warn("{0}", e.Message);
        }
    }

    /// <summary>At all HAProxys at once; the errors of all are told.</summary>
    private async Task AllAsync(Func<HaProxySlots, Task> action)
    {
        var errors = await Task.WhenAll(_slots.Select(async slots =>
        {
            try
            {
                await action(slots);
                return null;
            }
            catch (HookException e)
            {
                return e.Message;
            }
        }));
        if (OneLine.Joined(errors) is { } text) throw new HookException(text);
    }
}
