using Executor.Core.Configuration;
using Executor.Core.Hooks;
using Executor.Core.Logs.Capture;

namespace Executor.Core.Logs;

/// <summary>The output of all tasks of this executor.</summary>
public sealed class TaskLogs
{
    private readonly Settings _settings;
    private readonly SandboxFiles _files;

    /// <param name="sandbox">Where the agent has put stdout and stderr.</param>
    public TaskLogs(Settings settings, string sandbox, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _files = new SandboxFiles(sandbox, LogPlan.RotationOf(settings), Counts, time);
    }

    public LogCounts Counts { get; } = new();

    /// <summary>The hook of one task; null where the task may write to the sandbox's files by itself.</summary>
    /// <exception cref="InvalidTaskException">A label is not accepted.</exception>
    public TaskHook? Create(HookedTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        var plan = LogPlan.Of(_settings, task.Labels);
        if (plan.Mode == LogMode.File && _files.NeedNoWriter) return null;
        return new LogHook(task.Id, [Taker(plan, 0), Taker(plan, 1)]);
    }

    private TakeBytes Taker(LogPlan plan, int stream) => plan.Files ? _files.Writer(stream) : _ => { };
}
