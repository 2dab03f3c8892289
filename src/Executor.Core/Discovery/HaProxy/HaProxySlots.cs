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
    private volatile string? _trouble;

    /// <summary>Why what is under way is not done yet; any thread.</summary>
    public string? Trouble => _trouble;

    /// <summary>Has the instance served: in the slot that it has, else in a free one.</summary>
    /// <param name="patience">How long it is tried while HAProxy is away or has no free slot; zero is once.</param>
    /// <exception cref="HookException">It was not possible.</exception>
    public Task AnnounceAsync(TimeSpan patience, CancellationToken cancellationToken) =>
        InsistAsync(TryAnnounceAsync, patience, cancellationToken);

    /// <summary>Brings no new traffic to the instance any more.</summary>
    /// <param name="state"><c>drain</c> or <c>maint</c>.</param>
    /// <inheritdoc cref="AnnounceAsync"/>
    public Task WithdrawAsync(string state, TimeSpan patience, CancellationToken cancellationToken) => InsistAsync(
        async token =>
        {
            foreach (var slot in await OwnAsync(token)) await SetStateAsync(slot, state, token);
            return null;
        },
        patience,
        cancellationToken);

    /// <summary>Gives the slot back; the instance must have ended.</summary>
    /// <exception cref="HookException">It was not possible.</exception>
    public Task ReleaseAsync(CancellationToken cancellationToken) => InsistAsync(
        async token =>
        {
            foreach (var slot in await OwnAsync(token))
            {
                await SetStateAsync(slot, "maint", token);
                await _register.SwapAsync($"{backend}/{slot.Name}", ServerSlot.Free);
            }

            return null;
        },
        TimeSpan.Zero,
        cancellationToken);

    /// <returns>Why it was not possible now; null when it is done.</returns>
    private async Task<string?> TryAnnounceAsync(CancellationToken cancellationToken)
    {
        var slots = await LookAsync(cancellationToken);
        var own = Own(slots).OrderByDescending(slot => slot.IsReady).FirstOrDefault();
        if (own is { IsReady: true }) return null;
        if (own is null)
        {
            ServerSlot[] free = [.. slots.Where(slot => slot.IsFree)];
            if (free.Length == 0)
                return $"{api}: backend {backend} has no free slot: {slots.Count} servers begin with {prefix}, none is in maint on port {ServerSlot.Free.Port}";
            own = free[Random.Shared.Next(free.Length)];
            if (!await _register.ClaimAsync($"{backend}/{own.Name}"))
                return $"{api}: {backend}/{own.Name} was taken by another";
            if (!await ShowsAsync(own, cancellationToken))
                return $"{api}: {backend}/{own.Name} was taken and does not show {instance}";
        }

        await SetStateAsync(own, "ready", cancellationToken);
        log.Info("{0}: {1}/{2} is {3} now", api, backend, own.Name, instance);
        return null;
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

    /// <summary>Repeats, ever more slowly, what may be possible later.</summary>
    private async Task InsistAsync(
        Func<CancellationToken, Task<string?>> tryOnce, TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var backoff = new Backoff(FirstPause, LongestPause, time);
        _trouble = null;
        while (true)
        {
            var error = await ErrorOfAsync(tryOnce, cancellationToken);
            var isNew = error != _trouble;
            _trouble = error;
            if (error is null) return;
            if (time.GetElapsedTime(started) >= patience) throw new HookException(error);
            if (isNew) log.Warn("{0}; trying again", error);
            await backoff.WaitAsync(cancellationToken);
        }
    }

    private static async Task<string?> ErrorOfAsync(
        Func<CancellationToken, Task<string?>> tryOnce, CancellationToken cancellationToken)
    {
        try
        {
            return await tryOnce(cancellationToken);
        }
        catch (HaProxyUnreachableException e)
        {
            return e.Message;
        }
    }
}
