using System.Net.Sockets;
using Executor.Core.Configuration;
using Executor.Core.Hooks;
using NLog;

namespace Executor.Core.Discovery.Vaas;

/// <summary>
/// Makes the task a backend of the director that its label <c>director</c> names, and deletes that backend before the
/// task ends. What is left at the same address, port and director by an executor that crashed is replaced.
/// </summary>
public sealed class VaasHook : TaskHook
{
    private const int Looks = 3;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);

    private readonly VaasBackend _backend;
    private readonly VaasClient _client;
    private readonly string _dc;
    private readonly TimeProvider _time;
    private readonly Logger _log;
    private readonly Retry _retry;
    private VaasNewBackend? _posted;
    private int? _id;

    private VaasHook(VaasBackend backend, VaasClient client, string dc, TimeProvider time, Logger log)
    {
        _backend = backend;
        _client = client;
        _dc = dc;
        _time = time;
        _log = log;
        _retry = new Retry(FirstPause, LongestPause, time, log);
    }

    /// <inheritdoc/>
    public override string Name => "vaas";

    /// <inheritdoc/>
    public override bool Announces => true;

    /// <inheritdoc/>
    public override string? Trouble => _retry.Trouble;

    public static HookFactory Factory(Settings settings, ServiceInstances instances) =>
        task => task.Labels.Get(VaasLabels.Director) is { Length: > 0 } ? Create(instances.Of(task), settings, TimeProvider.System) : null;

    /// <returns>Null where the instance names no director, or there is no VaaS.</returns>
    /// <exception cref="InvalidTaskException">The instance cannot be a backend, or VaaS is half set up.</exception>
    public static TaskHook? Create(ServiceInstance instance, Settings settings, TimeProvider time)
    {
        if (VaasBackend.Of(instance, settings.Get(VaasSettings.InitialWeight)) is not { } backend) return null;
        var log = TaskLogger.Get("vaas", instance.Id);
        if (settings.Get(VaasSettings.Url) is not { } url)
        {
            log.Warn("label {0} is \"{1}\", but {2} is not set: the task will get no traffic from VaaS", VaasLabels.Director.Name, backend.Director, VaasSettings.Url.Name);
            return null;
        }

        if (backend.IgnoredWeight is { } label) log.Warn("label {0} is no weight: accepted is {1}0 to {1}100", label, VaasLabels.WeightPrefix);
        var dc = settings.Get(VaasSettings.Dc)
            ?? throw new InvalidTaskException($"{VaasSettings.Url.Name} is set, but {VaasSettings.Dc.Name} is not: accepted is {VaasSettings.Dc.Accepted}");
        var authorities = settings.Get(VaasSettings.Ca) is { } file ? TlsTrust.Read(VaasSettings.Ca, file) : null;
        return new VaasHook(backend, new VaasClient(url, VaasCredentials.Read(settings), authorities), dc, time, log);
    }

    /// <inheritdoc/>
    public override async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        var reload = await _retry.RunAsync(PostAsync, cancellationToken);
        if (reload is not null) await _retry.RunAsync(token => WaitForReloadAsync(reload, token), cancellationToken);
        _log.Info("{0}:{1} is a backend of {2}", _posted!.Address, _posted.Port, _backend.Director);
    }

    /// <inheritdoc/>
    public override Task WithdrawAsync(CancellationToken cancellationToken) =>
        _posted is { } posted ? _retry.RunAsync(token => DeleteAsync(posted, token), cancellationToken) : Nothing;

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await base.DisposeAsync();
    }

    /// <summary>Each try begins at an empty place: what is there is stale, or of a try before whose outcome is unknown.</summary>
    /// <returns>The task that reloads Varnish, where one was begun.</returns>
    private async Task<string?> PostAsync(CancellationToken cancellationToken)
    {
        var wanted = new VaasNewBackend(
            (await InstanceAddress.ResolveAsync(_backend.Host, AddressFamily.InterNetwork, cancellationToken)).ToString(),
            _backend.Port,
            await _client.FindDirectorAsync(_backend.Director, cancellationToken),
            await _client.FindDcAsync(_dc, cancellationToken),
            InheritTimeProfile: true,
            _backend.Weight,
            _backend.IsCanary ? ["canary"] : null);
        foreach (var stale in await _client.FindBackendsAsync(wanted, _backend.Director, cancellationToken))
        {
            _log.Warn("backend {0} at {1}:{2} of {3} is stale and will be replaced", stale, wanted.Address, wanted.Port, _backend.Director);
            await _client.DeleteAsync(stale, cancellationToken);
        }

        var before = _posted;
        _posted = wanted;
        try
        {
            (_id, var reload) = await _client.CreateAsync(wanted, cancellationToken);
            return reload;
        }
        catch (HookException)
        {
            _posted = before; // refused: nothing was created
            throw;
        }
    }

    private async Task WaitForReloadAsync(string task, CancellationToken cancellationToken)
    {
        while (true)
        {
            var reload = await _client.ReloadAsync(task, cancellationToken);
            switch (reload.Status)
            {
                case "SUCCESS":
                    return;
                case "FAILURE" or "REVOKED":
                    throw new HookException($"VaaS could not reload Varnish: {reload.Status}: {reload.Info}");
                default:
                    await Task.Delay(Poll, _time, cancellationToken);
                    break;
            }
        }
    }

    /// <summary>By its id, or where that is unknown, by its place; a server may still be at work on what it was sent.</summary>
    private async Task DeleteAsync(VaasNewBackend posted, CancellationToken cancellationToken)
    {
        if (_id is { } id)
        {
            await _client.DeleteAsync(id, cancellationToken);
            return;
        }

        for (var look = 1; look <= Looks; look++)
        {
            var found = await _client.FindBackendsAsync(posted, _backend.Director, cancellationToken);
            foreach (var lost in found) await _client.DeleteAsync(lost, cancellationToken);
            if (found.Count > 0) break;
            if (look < Looks) await Task.Delay(LookAgain, _time, cancellationToken);
        }
    }
}
