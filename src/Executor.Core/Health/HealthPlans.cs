using System.Globalization;
using System.Net.Sockets;
using Executor.Core.Configuration;
using Executor.Core.Hooks;
using Mesos;
using Protocol = Mesos.NetworkInfo.Types.Protocol;

namespace Executor.Core.Health;

/// <summary>
/// Reads how a task is to be checked: from its labels, or else from <c>TaskInfo.health_check</c> and <c>check</c>. Every
/// reader throws <see cref="InvalidTaskException"/> for what makes no sense.
/// </summary>
internal sealed class HealthPlans(Settings settings)
{
    private TimeSpan StartInterval => settings.Get(HealthSettings.StartInterval) is var pause && pause > CheckTiming.ShortestInterval
        ? pause
        : CheckTiming.ShortestInterval;

    /// <returns>Null where nobody asks for one.</returns>
    public HealthPlan? Health(HookedTask task)
    {
        var plan = (task.Labels.Get(HealthLabels.HealthCheck), task.Labels.Get(HealthLabels.HealthCheckPath), task.Info.HealthCheck) switch
        {
            ({ } json, null, _) => FromMarathon(MarathonHealthCheck.Parse(json), task),
            (null, { } path, _) => FromMarathon(new MarathonHealthCheck { Path = path }, task),
            (null, null, { } check) => FromMesos(check, task),
            (null, null, null) => null,
            _ => throw new InvalidTaskException($"labels {HealthLabels.HealthCheck.Name} and {HealthLabels.HealthCheckPath.Name} are both there: accepted is one of them"),
        };
        return plan is null ? null : plan with { LeastSuccesses = task.Labels.Get(HealthLabels.LeastSuccesses)!.Value };
    }

    /// <inheritdoc cref="Health"/>
    public (ProbePlan Probe, CheckTiming Timing)? Check(HookedTask task)
    {
        if (task.Info.Check is not { } check) return null;
        ProbePlan? probe = check switch
        {
            { Type: CheckInfo.Types.Type.Command, Command.Command_: { } command } => Command("check", command),
            { Type: CheckInfo.Types.Type.Http, Http: { } http } => Http(task, "check", "http", http.Port, http.Path, Protocol.Ipv4, []),
            { Type: CheckInfo.Types.Type.Tcp, Tcp: { } tcp } => new ProbePlan.Tcp(Port("check", tcp.Port), AddressFamily.InterNetwork),
            _ => null,
        };
        return (probe ?? throw Missing("check"), CheckTiming.Read("check", check.DelaySeconds, check.IntervalSeconds, check.TimeoutSeconds));
    }

    private HealthPlan FromMesos(HealthCheck check, HookedTask task) => new()
    {
        Probe = Probe(check, task) ?? throw Missing("health_check"),
        Timing = CheckTiming.Read("health_check", check.DelaySeconds, check.IntervalSeconds, check.TimeoutSeconds),
        Grace = CheckTiming.Seconds("health_check", "grace_period", check.GracePeriodSeconds),
        MostFailures = (int)Math.Min(check.ConsecutiveFailures, int.MaxValue),
        StartInterval = StartInterval,
    };

    /// <summary>Frameworks before 1.1 know no type: then it is what is there.</summary>
    private ProbePlan? Probe(HealthCheck check, HookedTask task)
    {
        var type = check is { HasType: true, Type: not HealthCheck.Types.Type.Unknown } ? check.Type
            : check.Command is not null ? HealthCheck.Types.Type.Command
            : check.Http is not null ? HealthCheck.Types.Type.Http
            : HealthCheck.Types.Type.Tcp;
        return (type, check) switch
        {
            (HealthCheck.Types.Type.Command, { Command: { } command }) => Command("health_check", command),
            (HealthCheck.Types.Type.Http, { Http: { } http }) =>
                Http(task, "health_check", http.HasScheme ? http.Scheme : "http", http.Port, http.Path, http.Protocol, http.Statuses),
            (HealthCheck.Types.Type.Tcp, { Tcp: { } tcp }) => new ProbePlan.Tcp(Port("health_check", tcp.Port), Family(tcp.Protocol)),
            _ => null,
        };
    }

    private HealthPlan FromMarathon(MarathonHealthCheck check, HookedTask task) => new()
    {
        Probe = Probe(check, task),
        Timing = CheckTiming.Read(HealthLabels.HealthCheck.Name, check.DelaySeconds, check.IntervalSeconds, check.TimeoutSeconds),
        Grace = CheckTiming.Seconds(HealthLabels.HealthCheck.Name, "gracePeriodSeconds", check.GracePeriodSeconds),
        MostFailures = check.MaxConsecutiveFailures >= 0 ? check.MaxConsecutiveFailures
            : throw Wrong("maxConsecutiveFailures", check.MaxConsecutiveFailures, "a whole number, 0 for never"),
        StartInterval = StartInterval,
    };

    private ProbePlan Probe(MarathonHealthCheck check, HookedTask task)
    {
        var what = HealthLabels.HealthCheck.Name;
        var protocol = check.IpProtocol switch
        {
            "IPv4" => Protocol.Ipv4,
            "IPv6" => Protocol.Ipv6,
            _ => throw Wrong("ipProtocol", check.IpProtocol, "IPv4 or IPv6"),
        };
        return check.Protocol switch
        {
            "HTTP" or "MESOS_HTTP" => Http(task, what, "http", PortOf(check, task), check.Path, protocol, []),
            "HTTPS" or "MESOS_HTTPS" => Http(task, what, "https", PortOf(check, task), check.Path, protocol, []),
            "TCP" or "MESOS_TCP" => new ProbePlan.Tcp(Port(what, PortOf(check, task)), Family(protocol)),
            "COMMAND" when check.Command is { } command => Command(what, new CommandInfo { Value = command.Value }),
            "COMMAND" => throw Wrong("command", "missing", "{\"value\":\"a command line\"}"),
            _ => throw Wrong("protocol", check.Protocol, "HTTP, HTTPS, TCP, COMMAND, MESOS_HTTP, MESOS_HTTPS or MESOS_TCP"),
        };
    }

    /// <summary>The task's ports are in its discovery, or where that is missing (Marathon before 1.1) in its environment.</summary>
    private static long PortOf(MarathonHealthCheck check, HookedTask task)
    {
        if (check.Port is { } port) return port;
        var ports = task.Info.Discovery?.Ports?.Ports_.Select(p => (long)p.Number).Distinct().ToArray() ?? [];
        if (check.PortIndex >= 0 && check.PortIndex < ports.Length) return ports[check.PortIndex];
        var variable = FormattableString.Invariant($"PORT{check.PortIndex}");
        return long.TryParse(task.Process.Environment.GetValueOrDefault(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Wrong("portIndex", check.PortIndex, FormattableString.Invariant($"the index of one of the task's {ports.Length} ports"));
    }

    private ProbePlan.Http Http(
        HookedTask task, string what, string scheme, long port, string path, Protocol protocol, IEnumerable<uint> statuses)
    {
        if (scheme is not ("http" or "https"))
            throw new InvalidTaskException($"{what}: its scheme is \"{scheme}\": accepted is http or https");
        var full = path.StartsWith('/') ? path : $"/{path}";
        if (!Uri.TryCreate($"http://127.0.0.1{full}", UriKind.Absolute, out _) || full.Any(char.IsControl) || full.Contains('#', StringComparison.Ordinal))
            throw new InvalidTaskException($"{what}: its path is \"{path}\": accepted is the path of an address, with a query or without");
        return new ProbePlan.Http(
            scheme, Port(what, port), full, Family(protocol), statuses.Select(status => (int)status).ToHashSet(),
            task.Labels.Get(HealthLabels.HttpStatus, settings.Get(HealthSettings.HttpStatus)),
            task.Labels.Get(HealthLabels.VerifyTls, settings.Get(HealthSettings.VerifyTls)));
    }

    private static ProbePlan.Command Command(string what, CommandInfo command)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in command.Environment?.Variables ?? []) environment[variable.Name] = variable.Value;
        var user = command.User.Length > 0 ? command.User : null;
        if (command.Value.Length == 0) throw new InvalidTaskException($"{what}: its command has no value");
        return command.Shell
            ? new ProbePlan.Command("/bin/sh", ["sh", "-c", command.Value], environment, user)
            : new ProbePlan.Command(
                command.Value, command.Arguments.Count > 0 ? [.. command.Arguments] : [command.Value], environment, user);
    }

    private static int Port(string what, long port) => port is > 0 and <= ushort.MaxValue
        ? (int)port
        : throw new InvalidTaskException(FormattableString.Invariant($"{what}: its port is {port}: accepted is 1 to 65535"));

    private static AddressFamily Family(Protocol protocol) =>
        protocol == Protocol.Ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;

    private static InvalidTaskException Missing(string what) =>
        new($"{what}: it says neither what to request, nor where to connect, nor what to run: accepted is COMMAND with command, HTTP with http, TCP with tcp");

    private static InvalidTaskException Wrong(string field, object value, string accepted) => new(
        string.Create(CultureInfo.InvariantCulture, $"label {HealthLabels.HealthCheck.Name}: its {field} is {value}: accepted is {accepted}"));
}
