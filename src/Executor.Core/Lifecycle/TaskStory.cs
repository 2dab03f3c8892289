using System.Globalization;
using Executor.Core.Hooks;
using Executor.Core.Ports;
using Executor.Core.Telemetry;
using Mesos;
using NLog;

namespace Executor.Core.Lifecycle;

/// <summary>What log and metrics tell of one task: what happened, why, and how long each stage took.</summary>
internal sealed class TaskStory(string taskId, TimeProvider time)
{
    private readonly Logger _log = TaskLogger.Get("task", taskId);
    private readonly long _launched = time.GetTimestamp();
    private long _running;
    private long _ending;
    private LogLevel _endingLevel = LogLevel.Info;
    private bool _wasHealthy;

    /// <summary>For further lines about the task.</summary>
    public Logger Log => _log;

    /// <summary>When the task was launched, in ticks of the clock.</summary>
    public long Launched => _launched;

    public void Starting(TaskCommand command)
    {
        // Only at debug: people put secrets into command lines.
        _log.Info("starting {0} from {1}", command.Program, command.Origin);
        _log.Debug("{0}", string.Join(' ', command.Arguments));
    }

    public void CannotStart(Exception exception) => _log.Error(exception, "cannot start");

    public void Running(int pid)
    {
        _running = time.GetTimestamp();
        Instruments.TaskStart.Record(time.GetElapsedTime(_launched).TotalSeconds, Instruments.Task(taskId));
        _log.Info("running as pid {0}, {1} after its launch", pid, Since(_launched));
    }

    public void Healthy()
    {
        if (_wasHealthy) return;
        _wasHealthy = true;
        Instruments.TaskHealthy.Record(time.GetElapsedTime(_running).TotalSeconds, Instruments.Task(taskId));
    }

    public void Announced() =>
        Instruments.TaskAnnounced.Record(time.GetElapsedTime(_running).TotalSeconds, Instruments.Task(taskId));

    public void Exited(ProcessExit exit) => _log.Info("{0}, after {1}", ExitText.Describe(exit), Since(_running));

    public void EndAsked(EndRequest request, string why)
    {
        Instruments.TaskEndsAsked.Add(1, Instruments.Task(taskId), Instruments.Tag("cause", request));
        _log.Info("to be ended: {0}", why);
    }

    public void Shortened(string why, TimeSpan left) => _log.Info("the end is cut short, {0}: SIGKILL after {1}", why, Seconds(left));

    /// <param name="hasExited">The command has exited by itself, and mostly there is nothing to end and to tell.</param>
    public void Terminating(TimeSpan grace, bool hasExited)
    {
        _ending = time.GetTimestamp();
        if (hasExited) _endingLevel = LogLevel.Debug;
        _log.Log(_endingLevel, "SIGTERM to all its processes, SIGKILL to those left after {0}", Seconds(grace));
    }

    public void Killing(bool hadGrace)
    {
        Instruments.TaskEscalations.Add(1, Instruments.Task(taskId));
        _endingLevel = LogLevel.Info;
        if (hadGrace) _log.Warn("the grace period is over, sending SIGKILL");
        else _log.Info("sending SIGKILL");
    }

    public void Empty(ResourceUsage? usage)
    {
        Instruments.TaskTermination.Record(time.GetElapsedTime(_ending).TotalSeconds, Instruments.Task(taskId));
        _log.Log(_endingLevel, "no process is left, {0} after SIGTERM{1}", Since(_ending), ExitText.Describe(usage));
    }

    public void Abandoned() => _log.Error("its start cannot be broken off, and is left behind: it is stuck in the kernel");

    public void GaveUp() => _log.Error("processes are still there after SIGKILL: they are stuck in the kernel, or the host has no time for their end; their supervisor goes on");

    /// <param name="exit">Of the command; null where none was started.</param>
    public void Ended(TaskState state, ProcessExit? exit) => Instruments.CountEnd(taskId, ProtoNames.Of(state), ExitText.Kind(exit));

    public void Over() => _log.Info("over, {0} after its launch", Since(_launched));

    public void Failed(Exception exception) => _log.Error(exception, "internal error, the task is ended");

    private string Since(long then) => Seconds(time.GetElapsedTime(then));

    private static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.000} s");
}
