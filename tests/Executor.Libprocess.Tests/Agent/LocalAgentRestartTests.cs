using Mesos;
using Mesos.Internal;
using static Executor.Libprocess.Tests.Agent.AgentHarness;
using Capability = Mesos.FrameworkInfo.Types.Capability;
using Reason = Mesos.TaskStatus.Types.Reason;

namespace Executor.Libprocess.Tests.Agent;

[CancelAfter(20_000)]
public class LocalAgentRestartTests
{
    [Test]
    public async Task An_executor_sees_the_broken_link_and_is_asked_to_reconnect(CancellationToken limit)
    {
        await using var harness = Checkpointing(limit);
        var (executor, _) = await harness.RunAsync(Task("t"));
        await using var ended = executor;

        var restart = harness.Agent.RestartAsync(TimeSpan.Zero);
        await executor.ExpectLinkBrokenAsync();
        var reconnect = await executor.ExpectAsync<ReconnectExecutorMessage>();
        executor.Reregister([Task("t")]);
        var reregistered = await executor.ExpectAsync<ExecutorReregisteredMessage>();
        await restart.WaitAsync(limit);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(reconnect.SlaveId.Value, Is.EqualTo(harness.Agent.AgentId));
            Assert.That(reregistered.SlaveInfo.Id, Is.EqualTo(reconnect.SlaveId));
        }

        await harness.ExpectAsync<AgentEvent.ExecutorReregistered>();
    }

    [Test]
    public async Task Updates_that_come_with_the_reregistration_are_handled_as_new(CancellationToken limit)
    {
        await using var harness = Checkpointing(limit);
        var (executor, _) = await harness.RunAsync(Task("t"));
        await using var ended = executor;
        harness.Agent.HoldAcknowledgements();
        var starting = executor.SendUpdate("t", TaskState.TaskStarting);
        await harness.ExpectStatusAsync("t", TaskState.TaskStarting);

        var restart = harness.Agent.RestartAsync(TimeSpan.Zero);
        harness.Agent.ReleaseAcknowledgements();
        await executor.ExpectLinkBrokenAsync();
        await executor.ExpectAsync<ReconnectExecutorMessage>();
        var finished = executor.Update("t", TaskState.TaskFinished);
        executor.Reregister([Task("t")], starting, finished);

        await executor.ExpectAsync<ExecutorReregisteredMessage>();
        await executor.ExpectAcknowledgementAsync(starting);
        await executor.ExpectAcknowledgementAsync(finished);
        await restart.WaitAsync(limit);
        await harness.ExpectAsync<AgentEvent.ExecutorReregistered>();
        await harness.ExpectStatusAsync("t", TaskState.TaskFinished);
    }

    [TestCase(false, TaskState.TaskLost)]
    [TestCase(true, TaskState.TaskDropped)]
    public async Task A_task_that_the_executor_never_got_is_given_up(bool partitionAware, TaskState state, CancellationToken limit)
    {
        await using var harness = Checkpointing(limit, partitionAware);
        var (executor, _) = await harness.RunAsync(Task("got"), Task("running"), Task("lost"));
        await using var ended = executor;
        await executor.ExpectAcknowledgementAsync(executor.SendUpdate("running", TaskState.TaskRunning));
        await harness.ExpectStatusAsync("running", TaskState.TaskRunning);

        var restart = harness.Agent.RestartAsync(TimeSpan.Zero);
        await executor.ExpectLinkBrokenAsync();
        await executor.ExpectAsync<ReconnectExecutorMessage>();
        executor.Reregister([Task("got")]);
        await restart.WaitAsync(limit);

        await harness.ExpectAsync<AgentEvent.ExecutorReregistered>();
        var status = await harness.ExpectStatusAsync("lost", state);
        Assert.That(status.Reason, Is.EqualTo(Reason.SlaveRestarted));
        Assert.That(harness.Agent.Events.Count, Is.Zero);
    }

    [TestCase(false, TaskState.TaskLost)]
    [TestCase(true, TaskState.TaskGone)]
    public async Task An_executor_that_does_not_come_back_is_destroyed(bool partitionAware, TaskState state, CancellationToken limit)
    {
        await using var harness = Checkpointing(limit, partitionAware);
        var (executor, _) = await harness.RunAsync(Task("t"));
        await using var ended = executor;

        var restart = harness.Agent.RestartAsync(TimeSpan.Zero);
        await executor.ExpectLinkBrokenAsync();
        await executor.ExpectAsync<ReconnectExecutorMessage>();
        harness.Time.Advance(TimeSpan.FromSeconds(2));
        await restart.WaitAsync(limit);

        var status = await harness.ExpectStatusAsync("t", state);
        Assert.That(status.Reason, Is.EqualTo(Reason.ExecutorReregistrationTimeout));
        Assert.That((await harness.ExpectAsync<AgentEvent.ExecutorExited>()).Exit?.Signal, Is.EqualTo(9));
    }

    [Test]
    public async Task Commands_given_during_the_downtime_wait_for_its_end(CancellationToken limit)
    {
        await using var harness = Checkpointing(limit);

        var restart = harness.Agent.RestartAsync(TimeSpan.FromSeconds(10));
        harness.Agent.LaunchTask(Task("t"));
        while (!restart.IsCompleted)
        {
            Assert.That(harness.Agent.Events.Count, Is.Zero);
            harness.Time.Advance(TimeSpan.FromSeconds(1));
            await System.Threading.Tasks.Task.Yield();
            limit.ThrowIfCancellationRequested();
        }

        await harness.ExpectAsync<AgentEvent.ExecutorLaunched>();
    }

    [Test]
    public async Task The_owner_may_say_when_the_downtime_ends(CancellationToken limit)
    {
        await using var harness = Checkpointing(limit);
        var (executor, _) = await harness.RunAsync(Task("t"));
        await using var ended = executor;
        var back = new TaskCompletionSource();

        var restart = harness.Agent.RestartAsync(back.Task);
        await executor.ExpectLinkBrokenAsync();
        harness.Time.Advance(TimeSpan.FromDays(1));
        Assert.That(restart.IsCompleted, Is.False);
        back.SetResult();

        await executor.ExpectAsync<ReconnectExecutorMessage>();
    }

    [Test]
    public async Task Without_checkpointing_tasks_are_lost_and_executors_forgotten(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        var (executor, process) = await harness.RunAsync(Task("t"));
        await using var ended = executor;

        await harness.Agent.RestartAsync(TimeSpan.Zero).WaitAsync(limit);
        await executor.ExpectLinkBrokenAsync();
        var status = await harness.ExpectStatusAsync("t", TaskState.TaskLost);
        process.Exit(0);
        await harness.ExpectAsync<AgentEvent.ExecutorExited>();

        Assert.That(status.Reason, Is.EqualTo(Reason.SlaveDisconnected));
    }

    [Test]
    public async Task An_agent_disposed_of_while_it_is_down_does_not_come_back(CancellationToken limit)
    {
        await using var harness = Checkpointing(limit);

        var restart = harness.Agent.RestartAsync(TimeSpan.FromDays(1));
        await harness.Agent.DisposeAsync();

        Assert.That(async () => await restart, Throws.TypeOf<ObjectDisposedException>());
    }

    private static AgentHarness Checkpointing(CancellationToken limit, bool partitionAware = false) =>
        new(limit, o =>
        {
            var framework = o.Framework.Clone();
            if (partitionAware) framework.Capabilities.Add(new Capability { Type = Capability.Types.Type.PartitionAware });
            return o with { Checkpoint = true, Framework = framework };
        });
}
