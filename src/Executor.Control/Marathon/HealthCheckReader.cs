namespace Executor.Control.Marathon;

/// <summary>
/// Reads <c>healthChecks</c>. HTTP, HTTPS and TCP without <c>MESOS_</c> are done by Marathon itself and never reach an
/// executor, so they are checked for their form and left out.
/// </summary>
internal static class HealthCheckReader
{
    private const string Protocols = "COMMAND, MESOS_HTTP, MESOS_HTTPS, MESOS_TCP, HTTP, HTTPS, TCP";

    public static IReadOnlyList<HealthCheckDefinition> Read(JsonField? field, int ports) =>
        [.. (field?.AsArray("an array of objects") ?? [])
            .Select(check => ReadCheck(check, ports))
            .OfType<HealthCheckDefinition>()];

    private static HealthCheckDefinition? ReadCheck(JsonField check, int ports)
    {
        check.AsObject(AppFields.HealthCheck);
        HealthCheckProtocol? protocol = check["protocol"]?.AsString(Protocols) switch
        {
            "COMMAND" => HealthCheckProtocol.Command,
            "MESOS_HTTP" => HealthCheckProtocol.MesosHttp,
            "MESOS_HTTPS" => HealthCheckProtocol.MesosHttps,
            "MESOS_TCP" => HealthCheckProtocol.MesosTcp,
            null or "HTTP" or "HTTPS" or "TCP" => null,
            _ => throw check["protocol"]!.Value.Wrong(Protocols),
        };

        var command = check["command"]?.AsObject(AppFields.Command)["value"]?.AsString("a command line");
        if (protocol == HealthCheckProtocol.Command && command is null)
            throw new UsageException($"{check.Path}.command.value: a COMMAND check has none; accepted: a command line");

        var port = check["port"]?.AsInteger(0, 65535);
        var portIndex = check["portIndex"]?.AsInteger(0) ?? 0;
        if (protocol is not (null or HealthCheckProtocol.Command) && port is null && portIndex >= ports)
            throw new UsageException(
                $"{check.Path}.portIndex: {portIndex} names no port; accepted: 0 to {ports - 1}, as the app has {ports} ports");

        _ = check["ignoreHttp1xx"]?.AsBoolean();
        var read = new HealthCheckDefinition
        {
            Protocol = protocol ?? default,
            Command = command,
            HttpPath = check["path"]?.AsString("a path such as /health"),
            Port = port,
            PortIndex = portIndex,
            Ipv6 = check["ipProtocol"] is { } ip && ip.AsString("IPv4 or IPv6") switch
            {
                "IPv4" => false,
                "IPv6" => true,
                _ => throw ip.Wrong("IPv4 or IPv6"),
            },
            DelaySeconds = check["delaySeconds"]?.AsInteger(0) ?? 15,
            IntervalSeconds = check["intervalSeconds"]?.AsInteger(0) ?? 60,
            TimeoutSeconds = check["timeoutSeconds"]?.AsInteger(0) ?? 20,
            GracePeriodSeconds = check["gracePeriodSeconds"]?.AsInteger(0) ?? 300,
            MaxConsecutiveFailures = check["maxConsecutiveFailures"]?.AsInteger(0) ?? 3,
        };
        return protocol is null ? null : read;
    }
}
