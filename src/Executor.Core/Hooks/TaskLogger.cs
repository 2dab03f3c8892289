using NLog;

namespace Executor.Core.Hooks;

/// <summary>Loggers whose lines belong to one task.</summary>
public static class TaskLogger
{
    /// <summary>The property of a line that holds the task's id.</summary>
    public const string Property = "task";

    public static Logger Get(string name, string taskId) => LogManager.GetLogger(name).WithProperty(Property, taskId);
}
