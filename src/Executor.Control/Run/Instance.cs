using Mesos;

namespace Executor.Control.Run;

/// <summary>One task to run, with the executor of its own that Marathon gives each.</summary>
/// <param name="Name">What people see: the app's short name and a number from 1.</param>
/// <param name="Sandbox">Absolute; exists, and holds what the app fetches.</param>
internal sealed record Instance(string Name, TaskInfo Task, IReadOnlyList<int> Ports, string Sandbox)
{
    public string TaskId => Task.TaskId.Value;

    public string ExecutorId => Task.Executor.ExecutorId.Value;
}
