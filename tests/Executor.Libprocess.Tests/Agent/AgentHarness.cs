using Mesos;
using Mesos.Internal;
using Microsoft.Extensions.Time.Testing;
using TaskStatus = Mesos.TaskStatus;

namespace Executor.Libprocess.Tests.Agent;

/// <summary>A started agent with a fake clock and no real processes, in a folder of its own.</summary>
internal sealed class AgentHarness : IAsyncDisposable
{
    private readonly CancellationToken _limit;

    public AgentHarness(CancellationToken limit, Func<LocalAgentOptions, LocalAgentOptions>? change = null)
    {
        _limit = limit;
        var options = new LocalAgentOptions { WorkDirectory = WorkDirectory.FullName };
        Agent = new LocalAgent(change?.Invoke(options) ?? options, Launcher, Time);
        Agent.Start();
    }

    public DirectoryInfo WorkDirectory { get; } = Directory.CreateTempSubdirectory("local-agent-");

    public FakeLauncher Launcher { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public LocalAgent Agent { get; }

    public static TaskInfo Task(string id, string executorId = "e", string command = "run") => new()
    {
        Name = id,
        TaskId = new TaskID { Value = id },
        SlaveId = new SlaveID { Value = "" },
        Executor = new ExecutorInfo
        {
            ExecutorId = new ExecutorID { Value = executorId },
            Command = new CommandInfo { Value = command },
        },
    };

    public async Task<FakeProcess> LaunchAsync(params TaskInfo[] tasks)
    {
        foreach (var task in tasks) Agent.LaunchTask(task);
        await ExpectAsync<AgentEvent.ExecutorLaunched>();
        return await Launcher.Launched.Reader.ReadAsync(_limit);
    }

    /// <summary>Launches the tasks on an executor that has registered and received them.</summary>
    public async Task<(FakeExecutor Executor, FakeProcess Process)> RunAsync(params TaskInfo[] tasks)
    {
        var process = await LaunchAsync(tasks);
        var executor = new FakeExecutor(Agent, tasks[0].Executor.ExecutorId.Value, _limit);
        executor.Link();
        executor.Register();
        await executor.ExpectAsync<ExecutorRegisteredMessage>();
        await ExpectAsync<AgentEvent.ExecutorRegistered>();
        foreach (var _ in tasks) await executor.ExpectAsync<RunTaskMessage>();
        return (executor, process);
    }

    /// <summary>The next event; warnings are passed over unless one is asked for.</summary>
    public async Task<T> ExpectAsync<T>()
        where T : AgentEvent
    {
        var next = await Agent.Events.ReadAsync(_limit);
        while (next is AgentEvent.Warning && typeof(T) != typeof(AgentEvent.Warning))
        {
            next = await Agent.Events.ReadAsync(_limit);
        }

        Assert.That(next, Is.InstanceOf<T>());
        return (T)next;
    }

    public async Task<TaskStatus> ExpectStatusAsync(string taskId, TaskState state)
    {
        var status = (await ExpectAsync<AgentEvent.TaskUpdated>()).Status;
        Assert.That((status.TaskId.Value, status.State), Is.EqualTo((taskId, state)));
        return status;
    }

    public async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        WorkDirectory.Delete(recursive: true);
    }
}
