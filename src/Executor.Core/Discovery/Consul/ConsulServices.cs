using System.Text.RegularExpressions;
using Executor.Core.Hooks;
using static System.FormattableString;

namespace Executor.Core.Discovery.Consul;

/// <summary>Which services an instance has.</summary>
/// <param name="tag">Of every service; null is none.</param>
/// <param name="warn">Where something is not as its author may think.</param>
internal sealed partial class ConsulServices(string? tag, TimeSpan ttl, TimeSpan deregisterAfter, Action<string> warn)
{
    private const int LongestMeta = 512; // Consul refuses longer values

    /// <summary>
    /// One service for each name in the label <c>consul</c> of each port; where no port has the label, the first port gets
    /// what the app's label says. Empty where there are no ports.
    /// </summary>
    /// <exception cref="InvalidTaskException">A label is not accepted.</exception>
    public IReadOnlyList<ConsulService> Of(ServiceInstance instance)
    {
        var check = Check(instance);
        var ports = instance.Ports.Where(port => port.Number > 0).ToArray();
        var label = ConsulLabels.Services.Name;
        var asked = ports
            .Where(port => port.Labels.ContainsKey(label))
            .Select(port => (Port: port, Names: port.Labels[label]))
            .ToArray();
        if (asked.Length == 0) asked = [.. ports.Take(1).Select(port => (port, instance.Labels[label]))];
        var services = asked
            .SelectMany(one => ConsulNames.In(one.Names).Select(name => Service(instance, one.Port, name, check)))
            .DistinctBy(service => service.Id)
            .ToArray();
        if (ports.Length == 0) warn($"the task has the label {label} and no port: nothing is registered");
        return services;
    }

    private ConsulService Service(ServiceInstance instance, ServicePort port, string? asked, Func<string, ConsulCheck?> check)
    {
        var name = Name(instance, asked);
        var id = Invariant($"{instance.Id}_{name}_{port.Number}");
        return new ConsulService
        {
            Id = id,
            Name = name,
            Address = instance.Address,
            Port = port.Number,
            Tags = [.. Tags(instance, port, asked ?? name).Distinct()],
            Meta = Meta(instance),
            Check = check(id),
        };
    }

    private string Name(ServiceInstance instance, string? asked)
    {
        if (asked is not null && ConsulNames.IsValid(asked)) return asked;
        var own = ConsulNames.Of(instance.Id);
        if (!ConsulNames.IsValid(own))
        {
            throw new InvalidTaskException(
                $"label {ConsulLabels.Services.Name} is \"{asked ?? "true"}\" and the task's id \"{instance.Id}\": neither gives a name for Consul; "
                + "accepted are letters, digits, dashes and underscores, between dots");
        }

        if (asked is not null) warn($"label {ConsulLabels.Services.Name}: \"{asked}\" is no name that Consul's DNS can find; the service is called {own}");
        return own;
    }

    private IEnumerable<string> Tags(ServiceInstance instance, ServicePort port, string name)
    {
        foreach (var (key, value) in port.Labels)
            if (value == "tag" || value == $"tag:{name}") yield return Filled(key, instance.Ports);
        foreach (var (key, value) in instance.Labels)
            if (value == "tag") yield return Filled(key, instance.Ports);
        if (tag is not null) yield return tag;
        yield return $"marathon-task:{instance.Id}";
    }

    /// <summary>With the number of each port that is named.</summary>
    private static string Filled(string text, IReadOnlyList<ServicePort> ports) => Placeholder().Replace(text, match =>
        ports.FirstOrDefault(port => port.Name == match.Groups[1].Value) is { } port ? Invariant($"{port.Number}") : match.Value);

    private static Dictionary<string, string> Meta(ServiceInstance instance)
    {
        var meta = new Dictionary<string, string>
        {
            ["task"] = Bounded(instance.Id),
            ["framework"] = Bounded(instance.Framework),
        };
        if (instance.Version is { } version) meta["version"] = Bounded(version);
        return meta;
    }

    private static string Bounded(string value) => value.Length <= LongestMeta ? value : value[..LongestMeta];

    /// <returns>Makes the check of the service with an id.</returns>
    private Func<string, ConsulCheck?> Check(ServiceInstance instance)
    {
        switch (new TaskLabels(instance.Labels).Get(ConsulLabels.Check))
        {
            case "none":
                return _ => null;
            case "http" when instance.Check is { Scheme: not "command" } own:
                var (kind, value) = Target(own, instance.Address);
                return id => new ConsulCheck(CheckId(id), kind, value, (own.Interval, own.Timeout), deregisterAfter) { VerifyTls = own.VerifyTls };
            case "http":
                warn($"label {ConsulLabels.Check.Name}: the task has no check that Consul could do; it is told what the executor finds");
                break;
        }

        return id => new ConsulCheck(CheckId(id), "TTL", ConsulJson.Duration(ttl), null, deregisterAfter);
    }

    private static (string Kind, string Value) Target(ServiceCheck check, string address)
    {
        var host = address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
        return check.Scheme == "tcp"
            ? ("TCP", Invariant($"{host}:{check.Port}"))
            : ("HTTP", Invariant($"{check.Scheme}://{host}:{check.Port}{check.Path}"));
    }

    /// <summary>What Consul itself calls the only check of a service.</summary>
    private static string CheckId(string serviceId) => $"service:{serviceId}";

    [GeneratedRegex(@"\{port:([^{}]+)\}")]
    private static partial Regex Placeholder();
}
