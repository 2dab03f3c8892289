using Google.Protobuf;
using Mesos;
using Mesos.Internal;

namespace Executor.Libprocess;

/// <summary>
/// Finds a required field that a received message lacks. C#'s protobuf parser lets such messages through, and its own
/// <c>IsInitialized</c> reflects over descriptors: measured under AOT, 8 ms and 4 MiB at the first call. What is
/// checked is what an executor looks at; the rest is carried through unread.
/// </summary>
internal static class RequiredFields
{
    /// <returns>The path of the first missing field, e.g. <c>task.task_id.value</c>; null when all are there.</returns>
    public static string? FirstMissing(IMessage message) => message switch
    {
        ExecutorRegisteredMessage m => Of("executor_info", m.ExecutorInfo) ?? Of("framework_id", m.FrameworkId)
            ?? Of("framework_info", m.FrameworkInfo) ?? Of("slave_id", m.SlaveId) ?? Of("slave_info", m.SlaveInfo),
        ExecutorReregisteredMessage m => Of("slave_id", m.SlaveId) ?? Of("slave_info", m.SlaveInfo),
        ReconnectExecutorMessage m => Of("slave_id", m.SlaveId),
        RunTaskMessage m => OfAny("framework_id", m.FrameworkId) ?? Of("framework", m.Framework) ?? Of("task", m.Task),
        KillTaskMessage m => Of("framework_id", m.FrameworkId) ?? Of("task_id", m.TaskId)
            ?? OfAny("kill_policy", m.KillPolicy),
        StatusUpdateAcknowledgementMessage m => Of("slave_id", m.SlaveId) ?? Of("framework_id", m.FrameworkId)
            ?? Of("task_id", m.TaskId) ?? (m.HasUuid ? null : "uuid"),
        FrameworkToExecutorMessage m => Of("slave_id", m.SlaveId) ?? Of("framework_id", m.FrameworkId)
            ?? Of("executor_id", m.ExecutorId) ?? (m.HasData ? null : "data"),
        ShutdownExecutorMessage m => OfAny("executor_id", m.ExecutorId) ?? OfAny("framework_id", m.FrameworkId),
        FrameworkID m => m.HasValue ? null : "value",
        ExecutorID m => m.HasValue ? null : "value",
        SlaveID m => m.HasValue ? null : "value",
        TaskID m => m.HasValue ? null : "value",
        FrameworkInfo m => !m.HasUser ? "user" : !m.HasName ? "name" : OfAny("id", m.Id) ?? OfAny("labels", m.Labels),
        SlaveInfo m => !m.HasHostname ? "hostname" : OfAny("id", m.Id),
        ExecutorInfo m => Of("executor_id", m.ExecutorId) ?? OfAny("command", m.Command)
            ?? OfAny("framework_id", m.FrameworkId) ?? OfAny("discovery", m.Discovery)
            ?? OfAny("shutdown_grace_period", m.ShutdownGracePeriod) ?? OfAny("labels", m.Labels),
        TaskInfo m => !m.HasName ? "name" : Of("task_id", m.TaskId) ?? Of("slave_id", m.SlaveId)
            ?? OfAny("executor", m.Executor) ?? OfAny("command", m.Command) ?? OfAny("health_check", m.HealthCheck)
            ?? OfAny("labels", m.Labels) ?? OfAny("discovery", m.Discovery) ?? OfAny("kill_policy", m.KillPolicy)
            ?? OfAny("max_completion_time", m.MaxCompletionTime),
        CommandInfo m => OfAll("uris", m.Uris) ?? OfAny("environment", m.Environment),
        CommandInfo.Types.URI m => m.HasValue ? null : "value",
        Mesos.Environment m => OfAll("variables", m.Variables),
        Mesos.Environment.Types.Variable m => m.HasName ? null : "name",
        HealthCheck m => OfAny("http", m.Http) ?? OfAny("tcp", m.Tcp) ?? OfAny("command", m.Command),
        HealthCheck.Types.HTTPCheckInfo m => m.HasPort ? null : "port",
        HealthCheck.Types.TCPCheckInfo m => m.HasPort ? null : "port",
        Labels m => OfAll("labels", m.Labels_),
        Label m => m.HasKey ? null : "key",
        DiscoveryInfo m => !m.HasVisibility ? "visibility" : OfAny("ports", m.Ports) ?? OfAny("labels", m.Labels),
        Ports m => OfAll("ports", m.Ports_),
        Port m => !m.HasNumber ? "number" : OfAny("labels", m.Labels),
        KillPolicy m => OfAny("grace_period", m.GracePeriod),
        DurationInfo m => m.HasNanoseconds ? null : "nanoseconds",
        _ => throw new ArgumentException($"{message.GetType().Name} is not one that an executor receives", nameof(message)),
    };

    private static string? Of(string name, IMessage? required) => required is null ? name : OfAny(name, required);

    private static string? OfAny(string name, IMessage? message) =>
        message is not null && FirstMissing(message) is { } missing ? $"{name}.{missing}" : null;

    private static string? OfAll(string name, IEnumerable<IMessage> messages)
    {
        foreach (var message in messages)
            if (OfAny(name, message) is { } missing) return missing;
        return null;
    }
}
