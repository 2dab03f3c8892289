using System.Globalization;
using Mesos;

namespace Executor.Bench.Rolling;

/// <summary>The service that is run and replaced: examples/hello-web.</summary>
internal static class Service
{
    /// <summary>
    /// It is healthy at once and cold: what it needs is loaded from its first request on and takes 300 ms, and whoever
    /// asks before that is over gets a 503. On SIGTERM it stops listening and finishes the requests in flight.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Variables(int port) => new Dictionary<string, string>
    {
        ["PORT0"] = port.ToString(CultureInfo.InvariantCulture),
        ["HOST"] = "127.0.0.1",
        ["BIND"] = "127.0.0.1",
        ["COLD_MS"] = "300",
    };

    /// <summary>One instance under the published executor, its health looked at every second.</summary>
    /// <param name="id">Of the task and its executor.</param>
    /// <param name="folder">Of the published programs.</param>
    /// <param name="command">What is executed; the program stands in <paramref name="folder"/>.</param>
    public static TaskInfo Task(string id, string folder, string command, int port, IEnumerable<KeyValuePair<string, string>> labels)
    {
        var executor = Path.Combine(folder, "executor");
        var task = new TaskInfo
        {
            Name = "web",
            TaskId = new TaskID { Value = id },
            SlaveId = new SlaveID { Value = "" },
            Executor = new ExecutorInfo
            {
                ExecutorId = new ExecutorID { Value = id },
                Command = new CommandInfo { Value = $"chmod ug+rx '{executor}' && exec '{executor}' {command}", Environment = new Mesos.Environment() },
            },
            Discovery = new DiscoveryInfo
            {
                Visibility = DiscoveryInfo.Types.Visibility.Framework,
                Ports = new Ports { Ports_ = { new Port { Number = (uint)port, Name = "http", Protocol = "tcp" } } },
            },
            Labels = new Labels(),
            HealthCheck = new HealthCheck
            {
                Type = HealthCheck.Types.Type.Http,
                Http = new HealthCheck.Types.HTTPCheckInfo { Port = (uint)port, Path = "/health" },
                DelaySeconds = 0,
                IntervalSeconds = 1,
                TimeoutSeconds = 1,
            },
        };
        foreach (var (name, value) in Variables(port))
            task.Executor.Command.Environment.Variables.Add(new Mesos.Environment.Types.Variable { Name = name, Value = value });
        foreach (var (key, value) in labels) task.Labels.Labels_.Add(new Label { Key = key, Value = value });
        return task;
    }

    /// <summary>The published program.</summary>
    public static string Program(string folder) => Path.Combine(folder, "hello-web");
}
