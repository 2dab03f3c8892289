using System.Globalization;
using Executor.Core.Processes;
using Executor.Libprocess;
using Executor.Libprocess.Wire;
using Google.Protobuf;
using Mesos;

namespace Executor.Bench.Compare;

/// <summary>A local agent that runs executors of one kind, each with one task that sleeps and dies of SIGTERM at once.</summary>
internal sealed class ContenderHost : IAsyncDisposable
{
    private const string TaskProgram = "sleep";
    private const string TaskCommand = $"{TaskProgram} 86400";

    /// <summary>Some executors open several each.</summary>
    private const int MostConnections = 4 * CompareOptions.MostExecutors;

    private readonly Contender _contender;
    private readonly Dictionary<string, TaskRun> _runs = [];
    private readonly BenchAgent _host;

    /// <param name="folder">Of the published programs.</param>
    public ContenderHost(Contender contender, string folder)
    {
        _contender = contender;
        var work = Directory.CreateTempSubdirectory("executor-compare-").FullName;
        // No real agent has a task-supervisor: a file of its own shares no memory with those of the executors.
        var supervisor = Path.Combine(work, "agent-supervisor");
        File.Copy(Path.Combine(folder, "task-supervisor"), supervisor);
        _host = new BenchAgent(
            new LocalAgentOptions
            {
                WorkDirectory = work,
                ExecutorEnvironment = contender.Settings,
                Libprocess = new LibprocessOptions { MaxConnections = MostConnections },
            },
            new SupervisedProcessLauncher(supervisor, TimeProvider.System), Take);
    }

    /// <summary>Returns at once.</summary>
    public TaskRun Launch(HealthCheck? check = null)
    {
        var run = new TaskRun(_contender.Name, string.Create(CultureInfo.InvariantCulture, $"bench.{_runs.Count}"));
        lock (_runs) _runs.Add(run.Id, run);
        _host.Agent.LaunchTask(TaskFor(run.Id, check));
        return run;
    }

    /// <summary>Returns at once.</summary>
    public void Kill(TaskRun run) => _host.Agent.KillTask(run.Id);

    /// <returns>The processes of all executors here that run at this moment, without those of the tasks.</returns>
    public int[] Processes()
    {
        var tree = new ProcessTree();
        return [.. _runs.Values.SelectMany(run => tree.From(run.Pid)).Where(pid => ProcFigures.Name(pid) is not (null or TaskProgram))];
    }

    /// <summary>Kills what runs.</summary>
    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private void Take(AgentEvent happened)
    {
        switch (happened)
        {
            case AgentEvent.ExecutorLaunched launched:
                (Find(launched.ExecutorId).Pid, Find(launched.ExecutorId).Sandbox) = (launched.Pid, launched.Sandbox);
                break;
            case AgentEvent.ExecutorRegistered registered:
                Find(registered.ExecutorId).Reach(TaskStage.Registered);
                break;
            case AgentEvent.TaskUpdated { Status: var status }:
                Take(Find(status.TaskId.Value), status);
                break;
        }
    }

    private static void Take(TaskRun run, Mesos.TaskStatus status)
    {
        switch (status.State)
        {
            case TaskState.TaskStaging or TaskState.TaskStarting or TaskState.TaskKilling:
                break;
            case TaskState.TaskRunning:
                run.Reach(TaskStage.Running);
                break;
            case TaskState.TaskKilled:
                run.Reach(TaskStage.Killed);
                break;
            default:
                var said = Path.Combine(run.Sandbox, "stderr");
                var last = File.Exists(said) ? File.ReadLines(said).LastOrDefault() : null;
                run.Break($"{status.State}, {status.Message}; the last line of its stderr: {last ?? "none"}");
                break;
        }
    }

    private TaskRun Find(string id)
    {
        lock (_runs) return _runs[id];
    }

    /// <summary>As Marathon does it: the command stands behind the executor's, and in the data.</summary>
    private TaskInfo TaskFor(string id, HealthCheck? check) => new()
    {
        Name = "bench",
        TaskId = new TaskID { Value = id },
        SlaveId = new SlaveID { Value = "" },
        Data = new CommandInfo { Value = $"exec {TaskCommand}" }.ToByteString(),
        HealthCheck = check,
        Executor = new ExecutorInfo
        {
            ExecutorId = new ExecutorID { Value = id },
            Command = new CommandInfo { Value = $"exec {_contender.Command} {TaskCommand}" },
        },
    };
}
