using Executor.Core.Ports;
using Mesos;

namespace Executor.Core.Hooks;

/// <summary>Makes one task's hook; called once per task, before anything is started.</summary>
/// <returns>Null where the task does not ask for the feature.</returns>
/// <exception cref="InvalidTaskException">What the task asks for makes no sense: TASK_ERROR.</exception>
public delegate TaskHook? HookFactory(HookedTask task);

/// <summary>A task as its hooks see it.</summary>
public sealed record HookedTask
{
    public required TaskInfo Info { get; init; }

    public required TaskLabels Labels { get; init; }

    public required ExecutorIdentity Executor { get; init; }

    /// <summary>What is to be started, less what BeforeStart adds to its environment.</summary>
    public required ProcessDescription Process { get; init; }

    /// <summary>The names of those variables in its environment that the app's definition gives; the others are the agent's.</summary>
    public required IReadOnlySet<string> AppVariables { get; init; }

    /// <summary>For what a hook finds out by itself.</summary>
    public required ITaskControl Control { get; init; }

    public string Id => Info.TaskId.Value;

    /// <summary>
    /// <c>HOST</c> of the task's environment: Marathon says there where the task is. Null where it does not, and where an
    /// app has put there what its server listens on, which is nowhere to go to.
    /// </summary>
    /// <exception cref="InvalidTaskException">It is no host.</exception>
    public string? Host => Process.Environment.GetValueOrDefault("HOST") switch
    {
        null or "" or "0.0.0.0" or "::" => null,
        { } host when Uri.CheckHostName(host) != UriHostNameType.Unknown => host.Trim('[', ']'),
        { } host => throw new InvalidTaskException($"HOST of the task's environment is \"{host}\": accepted is a host name or an IP address"),
    };
}

/// <summary>A task whose process runs.</summary>
/// <param name="Pid">Of the leader.</param>
/// <param name="Process">
/// What was started, its user, limits and whole environment included: what runs beside the task is described by it, with
/// another program.
/// </param>
/// <param name="TreeEmpty">Completes when no process of it is left, with what they have used; null is unknown.</param>
public sealed record StartedTask(int Pid, ProcessDescription Process, Task<ResourceUsage?> TreeEmpty);

/// <summary>What a hook may tell of its task, on any thread; after the task's end began nothing is heard.</summary>
public interface ITaskControl
{
    /// <summary>The task was found healthy, or not; each failure is reported, and of successes the first after one.</summary>
    /// <param name="text">Why it is not.</param>
    void ReportHealth(bool healthy, string? text = null);

    /// <summary>What the generic check has found.</summary>
    void ReportCheck(CheckStatusInfo status);

    /// <summary>Ends the task gracefully as TASK_FAILED: unhealthy for too long.</summary>
    void EndUnhealthy(string why);

    /// <summary>Ends the task gracefully as TASK_KILLED: its certificate has to be replaced.</summary>
    void EndExpired(string why);
}
