using System.Text;
using Executor.Core.Processes;
using Executor.Libprocess;
using Google.Protobuf;
using Mesos;

namespace Executor.EndToEnd.Tests.Peers;

/// <summary>
/// The local agent against mesos-go's v0 driver (tests/peers/go-executor), which shares no code with it. The driver
/// runs every callback on a goroutine of its own, so that nothing here counts on the order of two callbacks.
/// </summary>
[CancelAfter(30_000)]
public class GoExecutorTests
{
    private DirectoryInfo _workDirectory = null!;
    private string _stderr = "";

    [SetUp]
    public void CreateWorkDirectory() => _workDirectory = Directory.CreateTempSubdirectory("go-executor-");

    [TearDown]
    public void DeleteWorkDirectory()
    {
        if (TestContext.CurrentContext.Result.FailCount > 0 && File.Exists(_stderr)) TestContext.Out.Write(File.ReadAllText(_stderr));
        _workDirectory.Delete(recursive: true);
    }

    [Test]
    public async Task Its_updates_are_reported_in_order_and_acknowledged(CancellationToken limit)
    {
        await using var agent = Start();
        agent.LaunchTask(GoTask("t", "finish"));
        await ExpectRegisteredAsync(agent, limit);

        await ExpectStatesAsync(agent, limit, TaskState.TaskStarting, TaskState.TaskRunning, TaskState.TaskFinished);
        await EndAsync(agent, limit);

        Assert.That(Acknowledgements(), Is.EqualTo(3));
    }

    [TestCase("0.22")]
    [TestCase("1.11")]
    public async Task It_runs_under_agents_of_every_release(string release, CancellationToken limit)
    {
        await using var agent = Start(o => o with { MesosVersion = Version.Parse(release) });
        agent.LaunchTask(GoTask("t", "finish"));
        await ExpectRegisteredAsync(agent, limit);

        await ExpectStatesAsync(agent, limit, TaskState.TaskStarting, TaskState.TaskRunning, TaskState.TaskFinished);
        await EndAsync(agent, limit);
    }

    [Test]
    public async Task A_kill_ends_its_task(CancellationToken limit)
    {
        await using var agent = Start();
        agent.LaunchTask(GoTask("t"));
        await ExpectRegisteredAsync(agent, limit);
        await ExpectStatesAsync(agent, limit, TaskState.TaskStarting, TaskState.TaskRunning);

        agent.KillTask("t");

        await ExpectStatesAsync(agent, limit, TaskState.TaskKilled);
    }

    [TestCase("exit 0", TaskState.TaskFinished)]
    [TestCase("exit 3", TaskState.TaskFailed)]
    public async Task A_task_with_a_command_ends_as_that_does(string command, TaskState end, CancellationToken limit)
    {
        await using var agent = Start();
        agent.LaunchTask(GoTask("t", new CommandInfo { Value = command }));
        await ExpectRegisteredAsync(agent, limit);

        await ExpectStatesAsync(agent, limit, TaskState.TaskStarting, TaskState.TaskRunning, end);
    }

    [Test]
    public async Task A_kill_ends_the_command_of_its_task(CancellationToken limit)
    {
        await using var agent = Start();
        agent.LaunchTask(GoTask("t", new CommandInfo { Value = "exec sleep 86400" }));
        await ExpectRegisteredAsync(agent, limit);
        await ExpectStatesAsync(agent, limit, TaskState.TaskStarting, TaskState.TaskRunning);

        agent.KillTask("t");

        await ExpectStatesAsync(agent, limit, TaskState.TaskKilled);
    }

    [Test]
    public async Task Framework_messages_reach_it_and_come_back(CancellationToken limit)
    {
        await using var agent = Start();
        agent.LaunchTask(GoTask("t"));
        await ExpectRegisteredAsync(agent, limit);
        await ExpectStatesAsync(agent, limit, TaskState.TaskStarting, TaskState.TaskRunning);

        agent.SendFrameworkMessage("go", "hello\0there"u8);

        var message = await NextAsync<AgentEvent.FrameworkMessage>(agent, limit);
        Assert.That(Encoding.UTF8.GetString(message.Data.Span), Is.EqualTo("echo:hello\0there"));
    }

    [Test]
    public async Task A_shutdown_makes_it_exit_and_ends_its_task(CancellationToken limit)
    {
        await using var agent = Start();
        agent.LaunchTask(GoTask("t"));
        await ExpectRegisteredAsync(agent, limit);
        await ExpectStatesAsync(agent, limit, TaskState.TaskStarting, TaskState.TaskRunning);

        agent.ShutdownExecutor("go");

        await ExpectStatesAsync(agent, limit, TaskState.TaskFailed);
        Assert.That((await NextAsync<AgentEvent.ExecutorExited>(agent, limit)).Exit?.Code, Is.Zero);
    }

    [Test]
    public async Task It_survives_a_restart_of_a_checkpointing_agent(CancellationToken limit)
    {
        await using var agent = Start(o => o with { Checkpoint = true });
        agent.LaunchTask(GoTask("t"));
        await ExpectRegisteredAsync(agent, limit);
        await ExpectStatesAsync(agent, limit, TaskState.TaskStarting, TaskState.TaskRunning);

        await agent.RestartAsync(TimeSpan.FromMilliseconds(200)).WaitAsync(limit);
        await NextAsync<AgentEvent.ExecutorReregistered>(agent, limit);
        agent.KillTask("t");

        await ExpectStatesAsync(agent, limit, TaskState.TaskKilled);
    }

    [Test]
    public async Task What_it_repeats_after_a_restart_is_acknowledged_and_not_reported_again(CancellationToken limit)
    {
        await using var agent = Start(o => o with { Checkpoint = true });
        agent.HoldAcknowledgements();
        agent.LaunchTask(GoTask("t", "finish"));
        await ExpectRegisteredAsync(agent, limit);
        await ExpectStatesAsync(agent, limit, TaskState.TaskStarting, TaskState.TaskRunning, TaskState.TaskFinished);

        var restart = agent.RestartAsync(TimeSpan.FromMilliseconds(200));
        agent.ReleaseAcknowledgements();
        await restart.WaitAsync(limit);
        await NextAsync<AgentEvent.ExecutorReregistered>(agent, limit);
        await EndAsync(agent, limit);

        Assert.That(Acknowledgements(), Is.EqualTo(3));
    }

    private static TaskInfo GoTask(string id, CommandInfo command)
    {
        var task = GoTask(id);
        task.Data = command.ToByteString();
        return task;
    }

    private static TaskInfo GoTask(string id, string data = "") => new()
    {
        Name = id,
        TaskId = new TaskID { Value = id },
        SlaveId = new SlaveID { Value = "" },
        Data = ByteString.CopyFromUtf8(data),
        Executor = new ExecutorInfo
        {
            ExecutorId = new ExecutorID { Value = "go" },
            Command = new CommandInfo { Value = $"exec '{Built.Program("go-executor")}'" },
        },
    };

    private LocalAgent Start(Func<LocalAgentOptions, LocalAgentOptions>? change = null)
    {
        var options = new LocalAgentOptions { WorkDirectory = _workDirectory.FullName };
        var launcher = new SupervisedProcessLauncher(Built.Program("task-supervisor"), TimeProvider.System);
        var agent = new LocalAgent(change?.Invoke(options) ?? options, launcher, TimeProvider.System);
        agent.Start();
        return agent;
    }

    private async Task ExpectRegisteredAsync(LocalAgent agent, CancellationToken limit)
    {
        var launched = await NextAsync<AgentEvent.ExecutorLaunched>(agent, limit);
        _stderr = Path.Combine(launched.Sandbox, "stderr");
        await NextAsync<AgentEvent.ExecutorRegistered>(agent, limit);
    }

    private static async Task ExpectStatesAsync(LocalAgent agent, CancellationToken limit, params TaskState[] states)
    {
        foreach (var state in states)
        {
            Assert.That((await NextAsync<AgentEvent.TaskUpdated>(agent, limit)).Status.State, Is.EqualTo(state));
        }
    }

    /// <summary>A message there and back puts everything sent before it behind us; then the executor is shut down.</summary>
    private static async Task EndAsync(LocalAgent agent, CancellationToken limit)
    {
        agent.SendFrameworkMessage("go", "last"u8);
        await NextAsync<AgentEvent.FrameworkMessage>(agent, limit);
        agent.ShutdownExecutor("go");
        Assert.That((await NextAsync<AgentEvent.ExecutorExited>(agent, limit)).Exit?.Code, Is.Zero);
    }

    /// <summary>As many as the driver's own log tells of.</summary>
    private int Acknowledgements() =>
        File.ReadLines(_stderr).Count(l => l.Contains("Receiving status update acknowledgement", StringComparison.Ordinal));

    private static async Task<T> NextAsync<T>(LocalAgent agent, CancellationToken limit)
        where T : AgentEvent
    {
        var next = await agent.Events.ReadAsync(limit);
        Assert.That(next, Is.InstanceOf<T>(), next.ToString());
        return (T)next;
    }
}
