using System.Collections.ObjectModel;
using Executor.Core.Configuration;
using Executor.Core.Hooks;
using Mesos;

namespace Executor.Core.Discovery;

/// <summary>Makes instances of tasks: the only place in discovery that knows Mesos.</summary>
/// <param name="check">How a task's health is found out; null where nobody checks it.</param>
public sealed class ServiceInstances(Settings settings, Func<HookedTask, ServiceCheck?> check)
{
    public static readonly Setting<string?> Address = Setting.Text(
        "EXECUTOR_SERVICE_ADDRESS", "a host name or an IP address",
        "The address under which tasks are announced; without it HOST of the task's environment, and without that the agent's host name.",
        text => Uri.CheckHostName(text) != UriHostNameType.Unknown) with
    { Example = "10.0.0.7" };

    public static IReadOnlyList<Setting> All { get; } = [Address];

    public ServiceInstance Of(HookedTask task) => new()
    {
        Id = task.Id,
        Address = settings.Get(Address)?.Trim('[', ']') ?? task.Host ?? task.Executor.Agent,
        Ports = [.. (task.Info.Discovery?.Ports?.Ports_ ?? []).Select(Port)],
        Labels = task.Labels.All,
        Framework = task.Executor.Framework,
        Version = task.Info.Discovery is { HasVersion: true, Version: var version }
            ? version
            : task.Process.Environment.GetValueOrDefault("MARATHON_APP_VERSION"),
        Check = check(task),
    };

    private static ServicePort Port(Port port) => new(
        (int)port.Number, port.HasName ? port.Name : null, port.HasProtocol ? port.Protocol : null, Labels(port.Labels));

    private static ReadOnlyDictionary<string, string> Labels(Labels? labels)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var label in labels?.Labels_ ?? []) found.TryAdd(label.Key, label.Value);
        return found.AsReadOnly();
    }
}
