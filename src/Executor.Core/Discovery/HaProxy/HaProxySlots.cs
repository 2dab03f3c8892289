using System.Net;
using Executor.Core.Hooks;
using NLog;

namespace Executor.Core.Discovery.HaProxy;

/// <summary>
/// The servers of one backend in one HAProxy, for one instance. There is nothing to remember: a slot is the instance's
/// when it points to the instance. Whatever happened to HAProxy or to an executor, it is enough to look.
/// </summary>
internal sealed class HaProxySlots(HaProxyApi api, string backend, string prefix, IPEndPoint instance, TimeProvider time, Logger log)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>HAProxy does not always show at once what it has taken.</summary>
    private static readonly TimeSpan ShowPatience = TimeSpan.FromSeconds(1);

    private readonly SlotRegister _register = new(api, instance);
    private readonly Retry _retry = new(FirstPause, LongestPause, time, log);

    /// <inheritdoc cref="Retry.Trouble"/>
    public string? Trouble => _retry.Trouble;

    /// <summary>Has the instance served: in the slot that it has, else in a free one.</summary>
    /// <param name="patience">How long it is tried while HAProxy is away or has no free slot; zero is once.</param>
    /// <exception cref="HookException">It was not possible.</exception>
    public Task AnnounceAsync(TimeSpan patience, CancellationToken cancellationToken) =>
        _retry.RunAsync(AnnounceOnceAsync, cancellationToken, patience);

    /// <summary>Brings no new traffic to the instance any more.</summary>
    /// <param name="state"><c>drain</c> or <c>maint</c>.</param>
    /// <inheritdoc cref="AnnounceAsync"/>
    public Task WithdrawAsync(string state, TimeSpan patience, CancellationToken cancellationToken) => _retry.RunAsync(
        async token =>
        {
            foreach (var slot in await OwnAsync(token)) await SetStateAsync(slot, state, token);
        },
        cancellationToken,
        patience);

    /// <summary>Gives the slot back; the instance must have ended.</summary>
    /// <exception cref="HookException">It was not possible.</exception>
    public Task ReleaseAsync(CancellationToken cancellationToken) => _retry.RunAsync(
        async token =>
        {
            foreach (var slot in await OwnAsync(token))
            {
                await SetStateAsync(slot, "maint", token);
                await _register.SwapAsync($"{backend}/{slot.Name}", ServerSlot.Free);
            }
        },
        cancellationToken,
        patience: TimeSpan.Zero);

    /// <exception cref="UnavailableException">It was not possible now.</exception>
    private async Task AnnounceOnceAsync(CancellationToken cancellationToken)
    {
        var slots = await LookAsync(cancellationToken);
        var own = Own(slots).OrderByDescending(slot => slot.IsReady).FirstOrDefault();
        if (own is { IsReady: true }) return;
        if (own is null)
        {
            ServerSlot[] free = [.. slots.Where(slot => slot.IsFree)];
            if (free.Length == 0)
                throw new UnavailableException($"{api}: backend {backend} has no free slot: {slots.Count} servers begin with {prefix}, none is in maint on port {ServerSlot.Free.Port}");
            own = free[Random.Shared.Next(free.Length)];
            if (!await _register.ClaimAsync($"{backend}/{own.Name}"))
                throw new UnavailableException($"{api}: {backend}/{own.Name} was taken by another");
            if (!await ShowsAsync(own, cancellationToken))
                throw new UnavailableException($"{api}: {backend}/{own.Name} was taken and does not show {instance}");
        }

        await SetStateAsync(own, "ready", cancellationToken);
        log.Info("{0}: {1}/{2} is {3} now", api, backend, own.Name, instance);
    }

    private async Task<bool> ShowsAsync(ServerSlot slot, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while ((await OwnAsync(cancellationToken)).All(own => own.Name != slot.Name))
        {
            if (time.GetElapsedTime(started) >= ShowPatience) return false;
            await Task.Delay(FirstPause, time, cancellationToken);
        }

        return true;
    }

    private async Task<IReadOnlyList<ServerSlot>> LookAsync(CancellationToken cancellationToken)
    {
        var command = $"show servers state {backend}";
        var answer = await api.AskAsync(command, cancellationToken);
        var slots = ServerSlot.ParseTable(answer) ?? throw api.Refused(command, answer);
        return [.. slots.Where(slot => slot.Name.StartsWith(prefix, StringComparison.Ordinal))];
    }

    private async Task<IEnumerable<ServerSlot>> OwnAsync(CancellationToken cancellationToken) =>
        Own(await LookAsync(cancellationToken));

    private IEnumerable<ServerSlot> Own(IEnumerable<ServerSlot> slots) => slots.Where(slot => instance.Equals(slot.Server));

    private Task SetStateAsync(ServerSlot slot, string state, CancellationToken cancellationToken) =>
        api.DoAsync($"set server {backend}/{slot.Name} state {state}", cancellationToken);
}
