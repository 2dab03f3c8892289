using Executor.Core.Configuration;
using Executor.Core.Hooks;
using Executor.Core.Logs.Capture;
using Executor.Core.Logs.Lines;
using Executor.Core.Logs.Shipping;
using NLog;

namespace Executor.Core.Logs;

/// <summary>The output of all tasks of this executor.</summary>
public sealed class TaskLogs
{
    /// <summary>As much of what could not be shipped as one may keep without asking, in bytes.</summary>
    private const long LeastLeft = 64 << 20;

    /// <summary>Of what of a task's id is in the name of a file, in bytes.</summary>
    private const int LongestName = 200;

    private readonly Settings _settings;
    private readonly string _sandbox;
    private readonly Func<IReadOnlyList<HostAndPort>> _receivers;
    private readonly bool _hasReceivers;
    private readonly TimeProvider _time;
    private readonly SandboxFiles _files;

    /// <param name="sandbox">Where the agent has put stdout and stderr.</param>
    /// <param name="discovered">Tells at once the receivers known now; any thread. Null is to use the addresses of the settings.</param>
    public TaskLogs(Settings settings, string sandbox, Func<IReadOnlyList<HostAndPort>>? discovered, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _sandbox = sandbox;
        _time = time;
        var addresses = settings.Get(LogSettings.Addresses);
        _receivers = discovered ?? (() => addresses);
        _hasReceivers = discovered is not null || addresses.Count > 0;
        _files = new SandboxFiles(sandbox, LogPlan.RotationOf(settings), Counts, time);
    }

    public LogCounts Counts { get; } = new();

    /// <summary>The executor's own log, for the tasks whose output is shipped; null where it is not.</summary>
    public OwnLog? Own { get; init; }

    /// <summary>The hook of one task; null where the task may write to the sandbox's files by itself.</summary>
    /// <exception cref="InvalidTaskException">A label is not accepted, or a file that the settings name cannot be used.</exception>
    public TaskHook? Create(HookedTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        var log = TaskLogger.Get("logs", task.Id);
        var plan = LogPlan.Of(_settings, task.Labels);
        if (plan.Ships && !_hasReceivers)
        {
            log.Warn("its output is to be shipped, but neither EXECUTOR_LOG_ADDRESSES nor EXECUTOR_LOG_CONSUL_SERVICE is set: it goes to the files");
            plan = plan with { Mode = LogMode.File };
        }

        if (plan.Mode == LogMode.File && _files.NeedNoWriter) return null;
        var endpoint = plan.Ships ? LogEndpoint.Of(_settings) : null;
        return new LogHook(
            plan,
            stream => plan.Files ? _files.Writer(stream) : (bytes, next) => next?.Invoke(bytes, null, 0),
            endpoint is null ? null : () => Ship(task, plan, endpoint, log),
            Own,
            Counts,
            log);
    }

    private (Backlog Backlog, Shipper Shipper) Ship(HookedTask task, LogPlan plan, LogEndpoint endpoint, Logger log)
    {
        var name = FileName.Shortened(task.Id, LongestName);
        var backlog = new Backlog(
            (int)(_settings.Get(LogSettings.Memory) / Page.Size),
            new Spool(Path.Combine(_sandbox, $".logs-{name}"), _settings.Get(LogSettings.Spool), Counts),
            _settings.Get(LogSettings.Overflow), Counts, _time);
        var rate = new RateLimit(plan.RateLimit);
        var shipper = new Shipper(
            backlog,
            [
                Stream("stdout", plan, rate),
                Stream("stderr", plan, rate),
                Stream("executor", plan with { FirstLine = null, Format = LogFormat.Json }, new RateLimit(0)),
            ],
            new LogSender(endpoint, _receivers, Counts, log, _time),
            new UnshippedFile(Path.Combine(_sandbox, $"unshipped-{name}.json"), Math.Max(_settings.Get(LogSettings.Spool), LeastLeft), Counts, log),
            log);
        Own?.Attach(backlog);
        return (backlog, shipper);

        // The names are those of the task's format for the executor's own log, too.
        ShippedStream Stream(string stream, LogPlan streamPlan, RateLimit limit) => new(
            streamPlan,
            new EventEncoder(streamPlan, streamPlan.Format, TaskFields.Of(task, plan.Format, stream, _settings, log), Counts),
            limit,
            Counts,
            log);
    }
}
