using Mesos;
using Mesos.Internal;
using static Executor.Libprocess.Tests.Agent.AgentHarness;
using Reason = Mesos.TaskStatus.Types.Reason;

namespace Executor.Libprocess.Tests.Agent;

[CancelAfter(20_000)]
public class LocalAgentRegistrationTests
{
    [Test]
    public async Task A_registering_executor_is_told_who_it_is_and_gets_its_tasks_in_order(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        await harness.LaunchAsync(Task("one"), Task("two"));
        await using var executor = new FakeExecutor(harness.Agent, "e", limit);

        executor.Register();

        var registered = await executor.ExpectAsync<ExecutorRegisteredMessage>();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(registered.ExecutorInfo.ExecutorId.Value, Is.EqualTo("e"));
            Assert.That(registered.ExecutorInfo.FrameworkId.Value, Is.EqualTo(harness.Agent.FrameworkId));
            Assert.That(registered.FrameworkInfo.Id, Is.EqualTo(registered.FrameworkId));
            Assert.That(registered.SlaveInfo.Id, Is.EqualTo(registered.SlaveId));
            Assert.That(registered.SlaveId.Value, Is.EqualTo(harness.Agent.AgentId));
            Assert.That(registered.SlaveInfo.Port, Is.EqualTo(harness.Agent.Self.Address.Port));
        }

        foreach (var id in new[] { "one", "two" })
        {
            var run = await executor.ExpectAsync<RunTaskMessage>();
            using (Assert.EnterMultipleScope())
            {
                Assert.That(run.Task.TaskId.Value, Is.EqualTo(id));
                Assert.That(run.Task.SlaveId, Is.EqualTo(registered.SlaveId));
                Assert.That(run.FrameworkId, Is.EqualTo(registered.FrameworkId), "0.22 drivers require it");
                Assert.That(run.HasPid, "0.22 drivers require it");
            }
        }
    }

    [Test]
    public async Task Several_executors_run_side_by_side(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        var (one, _) = await harness.RunAsync(Task("t1", "one"));
        await using var endOne = one;
        var (two, _) = await harness.RunAsync(Task("t2", "two"));
        await using var endTwo = two;

        two.SendUpdate("t2", TaskState.TaskRunning);
        await harness.ExpectStatusAsync("t2", TaskState.TaskRunning);
        one.SendUpdate("t1", TaskState.TaskRunning);
        await harness.ExpectStatusAsync("t1", TaskState.TaskRunning);
    }

    [Test]
    public async Task A_stranger_is_shut_down(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        await using var stranger = new FakeExecutor(harness.Agent, "stranger", limit);

        stranger.Register();

        await stranger.ExpectAsync<ShutdownExecutorMessage>();
    }

    [Test]
    public async Task An_executor_that_registers_twice_is_shut_down(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        var (executor, _) = await harness.RunAsync(Task("t"));
        await using var ended = executor;

        executor.Register();

        await executor.ExpectAsync<ShutdownExecutorMessage>();
    }

    [Test]
    public async Task A_reregistration_that_nobody_asked_for_is_answered_with_a_shutdown(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        var (executor, _) = await harness.RunAsync(Task("t"));
        await using var ended = executor;

        executor.Reregister([]);

        await executor.ExpectAsync<ShutdownExecutorMessage>();
    }

    [Test]
    public async Task A_kill_before_registration_ends_the_task_here_and_an_idle_executor_is_shut_down(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        await harness.LaunchAsync(Task("t"));
        await using var executor = new FakeExecutor(harness.Agent, "e", limit);

        harness.Agent.KillTask("t");
        var status = await harness.ExpectStatusAsync("t", TaskState.TaskKilled);
        executor.Register();

        Assert.That(status.Reason, Is.EqualTo(Reason.ExecutorUnregistered));
        await executor.ExpectAsync<ShutdownExecutorMessage>();
    }

    [Test]
    public async Task Agents_before_0_28_register_an_idle_executor(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit, o => o with { MesosVersion = new Version(0, 25) });
        await harness.LaunchAsync(Task("t"));
        await using var executor = new FakeExecutor(harness.Agent, "e", limit);

        harness.Agent.KillTask("t");
        await harness.ExpectStatusAsync("t", TaskState.TaskKilled);
        executor.Register();

        await executor.ExpectAsync<ExecutorRegisteredMessage>();
    }

    [Test]
    public async Task An_executor_that_does_not_register_in_time_is_destroyed(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        await harness.LaunchAsync(Task("t"));

        harness.Time.Advance(TimeSpan.FromSeconds(60));

        var status = await harness.ExpectStatusAsync("t", TaskState.TaskFailed);
        Assert.That(status.Reason, Is.EqualTo(Reason.ExecutorRegistrationTimeout));
        var exited = await harness.ExpectAsync<AgentEvent.ExecutorExited>();
        Assert.That(exited.Exit?.Signal, Is.EqualTo(9));
    }

    [Test]
    public async Task A_registered_executor_has_no_registration_timeout(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        var (executor, process) = await harness.RunAsync(Task("t"));
        await using var ended = executor;

        harness.Time.Advance(TimeSpan.FromSeconds(60));
        executor.SendUpdate("t", TaskState.TaskRunning);

        await harness.ExpectStatusAsync("t", TaskState.TaskRunning);
        Assert.That(process.LeaderExit.IsCompleted, Is.False);
    }
}
