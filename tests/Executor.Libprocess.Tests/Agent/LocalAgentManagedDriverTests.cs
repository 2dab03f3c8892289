using System.Threading.Channels;
using Executor.Core.Configuration;
using Executor.Core.Ports;
using Google.Protobuf;
using Mesos;
using static Executor.Libprocess.Tests.Agent.AgentHarness;
using TaskStatus = Mesos.TaskStatus;

namespace Executor.Libprocess.Tests.Agent;

/// <summary>The agent against our own driver, which is started with the variables that the agent gives.</summary>
[CancelAfter(20_000)]
public class LocalAgentManagedDriverTests
{
    private Channel<DriverEvent> _events = null!;

    [SetUp]
    public void CreateEvents() => _events = Channel.CreateUnbounded<DriverEvent>();

    [Test]
    public async Task A_task_lives_and_ends_and_the_agent_restarts_meanwhile(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit, o => o with { Checkpoint = true });
        var process = await harness.LaunchAsync(Task("t"));
        await using var driver = Driver(process);

        driver.Start(e => _events.Writer.TryWrite(e));
        await NextAsync<DriverEvent.Registered>(limit);
        await NextAsync<DriverEvent.LaunchTask>(limit);
        await harness.ExpectAsync<AgentEvent.ExecutorRegistered>();
        harness.Agent.HoldAcknowledgements();
        Send(driver, TaskState.TaskRunning);
        await harness.ExpectStatusAsync("t", TaskState.TaskRunning);

        var restart = harness.Agent.RestartAsync(TimeSpan.Zero);
        harness.Agent.ReleaseAcknowledgements();
        // The driver may be asked to reconnect before it sees its old link break: then it was never disconnected.
        var next = await _events.Reader.ReadAsync(limit);
        if (next is DriverEvent.Disconnected) next = await _events.Reader.ReadAsync(limit);
        Assert.That(next, Is.InstanceOf<DriverEvent.Reregistered>());
        await restart.WaitAsync(limit);
        await harness.ExpectAsync<AgentEvent.ExecutorReregistered>();
        await NextAsync<DriverEvent.UpdateAcknowledged>(limit);

        harness.Agent.KillTask("t");
        await NextAsync<DriverEvent.KillTask>(limit);
        Send(driver, TaskState.TaskKilled);
        await NextAsync<DriverEvent.UpdateAcknowledged>(limit);
        await harness.ExpectStatusAsync("t", TaskState.TaskKilled);
    }

    [Test]
    public async Task Without_checkpointing_a_restart_makes_the_executor_shut_itself_down(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        var process = await harness.LaunchAsync(Task("t"));
        await using var driver = Driver(process);
        driver.Start(e => _events.Writer.TryWrite(e));
        await NextAsync<DriverEvent.Registered>(limit);
        await NextAsync<DriverEvent.LaunchTask>(limit);

        await harness.Agent.RestartAsync(TimeSpan.Zero).WaitAsync(limit);

        await NextAsync<DriverEvent.Shutdown>(limit);
    }

    private static void Send(ManagedDriver driver, TaskState state) =>
        driver.SendStatusUpdate(new TaskStatus { TaskId = new TaskID { Value = "t" }, State = state }.ToByteArray());

    private async Task<T> NextAsync<T>(CancellationToken limit)
        where T : DriverEvent
    {
        var next = await _events.Reader.ReadAsync(limit);
        Assert.That(next, Is.InstanceOf<T>());
        return (T)next;
    }

    private static ManagedDriver Driver(FakeProcess process) => new(
        AgentEnvironment.Read(process.Description.Environment), new ManagedDriverOptions(), TimeProvider.System);
}
