using System.Globalization;
using Google.Protobuf;
using Mesos;
using Mesos.Internal;
using static Executor.Libprocess.Tests.Agent.AgentHarness;
using Source = Mesos.TaskStatus.Types.Source;

namespace Executor.Libprocess.Tests.Agent;

[CancelAfter(20_000)]
public class LocalAgentUpdateTests
{
    [Test]
    public async Task Updates_are_filled_reported_and_acknowledged_in_order(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        var (executor, _) = await harness.RunAsync(Task("t"));
        await using var ended = executor;
        TaskState[] states = [TaskState.TaskStarting, TaskState.TaskRunning, TaskState.TaskFinished];

        var sent = states.Select(s => executor.SendUpdate("t", s)).ToArray();

        foreach (var update in sent)
        {
            var status = await harness.ExpectStatusAsync("t", update.Status.State);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(status.Source, Is.EqualTo(Source.Executor));
                Assert.That(status.Uuid, Is.EqualTo(update.Uuid));
                Assert.That(status.ExecutorId.Value, Is.EqualTo("e"));
                Assert.That(status.ContainerStatus.NetworkInfos[0].IpAddresses[0].IpAddress, Is.EqualTo("127.0.0.1"));
            }

            await executor.ExpectAcknowledgementAsync(update);
        }
    }

    [Test]
    public async Task An_update_without_pid_counts_as_the_agents_own(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        var (executor, _) = await harness.RunAsync(Task("t"));
        await using var ended = executor;

        executor.Send(new StatusUpdateMessage { Update = executor.Update("t", TaskState.TaskRunning) });

        Assert.That((await harness.ExpectStatusAsync("t", TaskState.TaskRunning)).Source, Is.EqualTo(Source.Slave));
    }

    [Test]
    public async Task The_same_update_twice_is_reported_once_and_acknowledged_twice(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        var (executor, _) = await harness.RunAsync(Task("t"));
        await using var ended = executor;

        var running = executor.SendUpdate("t", TaskState.TaskRunning);
        executor.Send(running);
        var finished = executor.SendUpdate("t", TaskState.TaskFinished);
        executor.Send(finished);

        foreach (var update in new[] { running, running, finished, finished })
        {
            await executor.ExpectAcknowledgementAsync(update);
        }

        await harness.ExpectStatusAsync("t", TaskState.TaskRunning);
        await harness.ExpectStatusAsync("t", TaskState.TaskFinished);
        Assert.That(harness.Agent.Events.Count, Is.Zero);
    }

    [TestCase("1.3", false)]
    [TestCase("0.28", true)]
    public async Task An_update_after_the_terminal_one_is_acknowledged_and_since_1_0_not_reported(
        string release, bool reported, CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit, o => o with { MesosVersion = Version.Parse(release) });
        var (executor, _) = await harness.RunAsync(Task("t"));
        await using var ended = executor;

        var finished = executor.SendUpdate("t", TaskState.TaskFinished);
        var failed = executor.SendUpdate("t", TaskState.TaskFailed);
        await executor.ExpectAcknowledgementAsync(finished);
        await executor.ExpectAcknowledgementAsync(failed);

        await harness.ExpectStatusAsync("t", TaskState.TaskFinished);
        if (reported) await harness.ExpectStatusAsync("t", TaskState.TaskFailed);
        else await harness.ExpectAsync<AgentEvent.Warning>();
    }

    [Test]
    public async Task TASK_STAGING_shuts_the_executor_down(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        var (executor, _) = await harness.RunAsync(Task("t"));
        await using var ended = executor;

        executor.SendUpdate("t", TaskState.TaskStaging);

        await executor.ExpectAsync<ShutdownExecutorMessage>();
    }

    [Test]
    public async Task An_update_for_a_task_still_queued_shuts_the_executor_down(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        await harness.LaunchAsync(Task("t"));
        await using var executor = new FakeExecutor(harness.Agent, "e", limit);

        executor.SendUpdate("t", TaskState.TaskRunning);
        await harness.ExpectAsync<AgentEvent.Warning>();
        harness.Time.Advance(TimeSpan.FromSeconds(5));

        await harness.ExpectStatusAsync("t", TaskState.TaskFailed);
        await harness.ExpectAsync<AgentEvent.ExecutorExited>();
    }

    [Test]
    public async Task A_terminal_update_for_a_queued_task_takes_it_from_the_queue(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        await harness.LaunchAsync(Task("killed"), Task("kept"));
        await using var executor = new FakeExecutor(harness.Agent, "e", limit);

        await executor.ExpectAcknowledgementAsync(executor.SendUpdate("killed", TaskState.TaskKilled));
        executor.Register();

        await executor.ExpectAsync<ExecutorRegisteredMessage>();
        Assert.That((await executor.ExpectAsync<RunTaskMessage>()).Task.TaskId.Value, Is.EqualTo("kept"));
    }

    [Test]
    public async Task An_update_for_an_unknown_task_is_forwarded_all_the_same(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        await using var stranger = new FakeExecutor(harness.Agent, "stranger", limit);

        var update = stranger.SendUpdate("unknown", TaskState.TaskKilled);

        await stranger.ExpectAcknowledgementAsync(update);
        await harness.ExpectStatusAsync("unknown", TaskState.TaskKilled);
    }

    [TestCase("agent")]
    [TestCase("framework")]
    [TestCase("uuid")]
    public async Task An_update_that_is_not_for_this_agent_is_dropped_without_acknowledgement(string what, CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        var (executor, _) = await harness.RunAsync(Task("t"));
        await using var ended = executor;
        var update = executor.Update("t", TaskState.TaskRunning);
        if (what == "agent") update.Status.SlaveId = new SlaveID { Value = "another" };
        if (what == "framework") update.FrameworkId = new FrameworkID { Value = "another" };
        if (what == "uuid") update.ClearUuid();

        executor.Send(update);
        var next = executor.SendUpdate("t", TaskState.TaskFinished);

        await executor.ExpectAcknowledgementAsync(next);
        await harness.ExpectAsync<AgentEvent.Warning>();
        await harness.ExpectStatusAsync("t", TaskState.TaskFinished);
    }

    [Test]
    public async Task Acknowledgements_held_back_are_released_in_order_and_once(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        var (executor, _) = await harness.RunAsync(Task("t"));
        await using var ended = executor;

        harness.Agent.HoldAcknowledgements();
        var starting = executor.SendUpdate("t", TaskState.TaskStarting);
        executor.Send(starting);
        var running = executor.SendUpdate("t", TaskState.TaskRunning);
        await harness.ExpectStatusAsync("t", TaskState.TaskStarting);
        await harness.ExpectStatusAsync("t", TaskState.TaskRunning);
        harness.Agent.SendFrameworkMessage("e", "nothing before me"u8);
        harness.Agent.ReleaseAcknowledgements();
        var finished = executor.SendUpdate("t", TaskState.TaskFinished);

        await executor.ExpectAsync<FrameworkToExecutorMessage>();
        await executor.ExpectAcknowledgementAsync(starting);
        await executor.ExpectAcknowledgementAsync(running);
        await executor.ExpectAcknowledgementAsync(finished);
    }

    [Test]
    public async Task Only_the_latest_ended_tasks_are_remembered(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        var tasks = Enumerable.Range(0, 202).Select(i => Task(i.ToString(CultureInfo.InvariantCulture))).ToArray();
        var (executor, _) = await harness.RunAsync(tasks);
        await using var ended = executor;
        foreach (var task in tasks[..201])
        {
            await executor.ExpectAcknowledgementAsync(executor.SendUpdate(task.TaskId.Value, TaskState.TaskFinished));
            await harness.ExpectStatusAsync(task.TaskId.Value, TaskState.TaskFinished);
        }

        executor.SendUpdate("1", TaskState.TaskFailed);
        executor.SendUpdate("0", TaskState.TaskFailed);

        await harness.ExpectAsync<AgentEvent.Warning>();
        await harness.ExpectStatusAsync("0", TaskState.TaskFailed);
    }

    [Test]
    public async Task What_cannot_be_parsed_is_dropped_with_a_warning(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        var (executor, _) = await harness.RunAsync(Task("t"));
        await using var ended = executor;

        executor.Send(new StatusUpdateMessage());
        executor.Send(new ShutdownExecutorMessage());
        executor.SendUpdate("t", TaskState.TaskRunning);

        Assert.That((await harness.ExpectAsync<AgentEvent.Warning>()).Text, Does.Contain("required field"));
        Assert.That((await harness.ExpectAsync<AgentEvent.Warning>()).Text, Does.Contain("no message of an executor"));
        await harness.ExpectStatusAsync("t", TaskState.TaskRunning);
    }

    [Test]
    public async Task Framework_messages_go_both_ways_as_they_are(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        var (executor, _) = await harness.RunAsync(Task("t"));
        await using var ended = executor;

        harness.Agent.SendFrameworkMessage("e", "to\0executor"u8);
        var received = await executor.ExpectAsync<FrameworkToExecutorMessage>();
        executor.Send(new ExecutorToFrameworkMessage
        {
            SlaveId = received.SlaveId,
            FrameworkId = received.FrameworkId,
            ExecutorId = received.ExecutorId,
            Data = ByteString.CopyFromUtf8("to\0framework"),
        });

        var message = await harness.ExpectAsync<AgentEvent.FrameworkMessage>();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(received.Data.ToStringUtf8(), Is.EqualTo("to\0executor"));
            Assert.That(message.ExecutorId, Is.EqualTo("e"));
            Assert.That(message.Data.ToArray(), Is.EqualTo("to\0framework"u8.ToArray()));
        }
    }

    [TestCase("1.3", true)]
    [TestCase("0.28", false)]
    public async Task A_kill_carries_its_own_grace_period_from_1_0(string release, bool carried, CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit, o => o with { MesosVersion = Version.Parse(release) });
        var (executor, _) = await harness.RunAsync(Task("t"));
        await using var ended = executor;

        harness.Agent.KillTask("t", TimeSpan.FromSeconds(3));
        harness.Agent.KillTask("t");

        var kill = await executor.ExpectAsync<KillTaskMessage>();
        Assert.That(kill.TaskId.Value, Is.EqualTo("t"));
        Assert.That(kill.KillPolicy?.GracePeriod.Nanoseconds, Is.EqualTo(carried ? 3_000_000_000 : null));
        Assert.That((await executor.ExpectAsync<KillTaskMessage>()).KillPolicy, Is.Null);
    }
}
