using Mesos;

namespace Executor.Control.Marathon;

/// <summary>
/// Builds the task that Marathon (1.5) would launch for an app with a custom executor: ids, fields and the command
/// line that starts the executor, so that what runs here meets what it meets on a cluster.
/// </summary>
/// <param name="executor">The executor's path, as the app's <c>executor</c> would name it.</param>
/// <param name="host">The agent's host name.</param>
internal sealed class TaskBuilder(AppDefinition app, string executor, string host)
{
    /// <summary>A task id of Marathon up to 1.7: the app's path and an instance's own number.</summary>
    public static string TaskId(AppDefinition app, Guid instance) => $"{app.Id[1..].Replace('/', '_')}.{instance}";

    /// <param name="hostPorts">One for each of the app's ports, in their order.</param>
    public TaskInfo Build(string taskId, IReadOnlyList<int> hostPorts)
    {
        var task = new TaskInfo
        {
            Name = DiscoveryName,
            TaskId = new TaskID { Value = taskId },
            // The agent fills in its own id.
            SlaveId = new SlaveID { Value = "" },
            Executor = new ExecutorInfo
            {
                ExecutorId = new ExecutorID { Value = $"marathon-{taskId}" },
                Command = Command(taskId, hostPorts),
            },
            Discovery = Discovery(hostPorts),
        };
        task.Resources.Add(Resources(app.Cpus, app.Mem, app.Disk, app.Gpus));
        if (hostPorts.Count > 0) task.Resources.Add(PortResource(hostPorts));
        if (app.ExecutorResources is { } own) task.Executor.Resources.Add(Resources(own.Cpus, own.Mem, own.Disk, 0));
        if (app.Labels.Count > 0) task.Labels = ToLabels(app.Labels);
        if (app.KillGracePeriod is { } grace)
            task.KillPolicy = new KillPolicy { GracePeriod = new DurationInfo { Nanoseconds = grace.Ticks * 100 } };
        // Mesos takes one check for a task, and Marathon passes the first.
        if (app.HealthChecks.Count > 0) task.HealthCheck = ToHealthCheck(app.HealthChecks[0], hostPorts);
        return task;
    }

    /// <summary>The app's path as a host name, the last segment first.</summary>
    private string DiscoveryName => string.Join('.', app.Id[1..].Split('/').Reverse());

    private CommandInfo Command(string taskId, IReadOnlyList<int> hostPorts)
    {
        var command = new CommandInfo
        {
            Value = $"chmod ug+rx '{executor}' && exec '{executor}' {app.Cmd}",
            Environment = new Mesos.Environment(),
        };
        foreach (var (name, value) in TaskEnvironment.Build(app, taskId, host, hostPorts))
            command.Environment.Variables.Add(new Mesos.Environment.Types.Variable { Name = name, Value = value });

        foreach (var artifact in app.Fetch)
        {
            var uri = new CommandInfo.Types.URI
            {
                Value = artifact.Uri,
                Extract = artifact.Extract,
                Executable = artifact.Executable,
                Cache = artifact.Cache,
            };
            if (artifact.DestPath is { } path) uri.OutputFile = path;
            command.Uris.Add(uri);
        }

        if (app.User is { } user) command.User = user;
        return command;
    }

    private DiscoveryInfo Discovery(IReadOnlyList<int> hostPorts)
    {
        var discovery = new DiscoveryInfo
        {
            Visibility = DiscoveryInfo.Types.Visibility.Framework,
            Name = DiscoveryName,
            Ports = new Ports(),
        };
        foreach (var (definition, number) in app.Ports.Zip(hostPorts))
        {
            foreach (var protocol in definition.Protocols)
            {
                var port = new Port { Number = (uint)number, Protocol = protocol };
                if (definition.Name is { } name) port.Name = name;
                if (definition.Labels.Count > 0) port.Labels = ToLabels(definition.Labels);
                discovery.Ports.Ports_.Add(port);
            }
        }

        return discovery;
    }

    private static HealthCheck ToHealthCheck(HealthCheckDefinition definition, IReadOnlyList<int> hostPorts)
    {
        var check = new HealthCheck
        {
            DelaySeconds = definition.DelaySeconds,
            IntervalSeconds = definition.IntervalSeconds,
            TimeoutSeconds = definition.TimeoutSeconds,
            ConsecutiveFailures = (uint)definition.MaxConsecutiveFailures,
            GracePeriodSeconds = definition.GracePeriodSeconds,
        };
        if (definition.Protocol == HealthCheckProtocol.Command)
        {
            check.Type = HealthCheck.Types.Type.Command;
            check.Command = new CommandInfo { Value = definition.Command };
            return check;
        }

        var port = (uint)(definition.Port ?? hostPorts[definition.PortIndex]);
        var protocol = definition.Ipv6 ? NetworkInfo.Types.Protocol.Ipv6 : NetworkInfo.Types.Protocol.Ipv4;
        if (definition.Protocol == HealthCheckProtocol.MesosTcp)
        {
            check.Type = HealthCheck.Types.Type.Tcp;
            check.Tcp = new HealthCheck.Types.TCPCheckInfo { Port = port, Protocol = protocol };
            return check;
        }

        check.Type = HealthCheck.Types.Type.Http;
        check.Http = new HealthCheck.Types.HTTPCheckInfo
        {
            Port = port,
            Scheme = definition.Protocol == HealthCheckProtocol.MesosHttps ? "https" : "http",
            Protocol = protocol,
        };
        if (definition.HttpPath is { } path) check.Http.Path = path;
        return check;
    }

    private static IEnumerable<Resource> Resources(double cpus, double mem, double disk, int gpus)
    {
        yield return Scalar("cpus", cpus);
        yield return Scalar("mem", mem);
        if (disk > 0) yield return Scalar("disk", disk);
        if (gpus > 0) yield return Scalar("gpus", gpus);
    }

    private static Resource Scalar(string name, double value) => new()
    {
        Name = name,
        Type = Value.Types.Type.Scalar,
        Scalar = new Value.Types.Scalar { Value = value },
        Role = "*",
    };

    private static Resource PortResource(IReadOnlyList<int> ports)
    {
        var ranges = new Value.Types.Ranges();
        foreach (var port in ports)
            ranges.Range.Add(new Value.Types.Range { Begin = (ulong)port, End = (ulong)port });
        return new Resource { Name = "ports", Type = Value.Types.Type.Ranges, Ranges = ranges, Role = "*" };
    }

    private static Labels ToLabels(IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        var message = new Labels();
        foreach (var (key, value) in labels) message.Labels_.Add(new Label { Key = key, Value = value });
        return message;
    }
}
