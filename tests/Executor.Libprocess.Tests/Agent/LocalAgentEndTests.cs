using Mesos;
using Mesos.Internal;
using static Executor.Libprocess.Tests.Agent.AgentHarness;
using Reason = Mesos.TaskStatus.Types.Reason;
using Source = Mesos.TaskStatus.Types.Source;

namespace Executor.Libprocess.Tests.Agent;

[CancelAfter(20_000)]
public class LocalAgentEndTests
{
    [TestCase("0.25", TaskState.TaskLost)]
    [TestCase("0.26", TaskState.TaskFailed)]
    [TestCase("1.11", TaskState.TaskFailed)]
    public async Task The_tasks_of_an_executor_that_exits_end_with_it(string release, TaskState state, CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit, o => o with { MesosVersion = Version.Parse(release) });
        var (executor, process) = await harness.RunAsync(Task("live"), Task("done"));
        await using var ended = executor;
        await executor.ExpectAcknowledgementAsync(executor.SendUpdate("done", TaskState.TaskFinished));
        await harness.ExpectStatusAsync("done", TaskState.TaskFinished);

        process.Exit(3);

        var status = await harness.ExpectStatusAsync("live", state);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(status.Reason, Is.EqualTo(Reason.ExecutorTerminated));
            Assert.That(status.Source, Is.EqualTo(Source.Slave));
            Assert.That(status.ExecutorId.Value, Is.EqualTo("e"));
        }

        Assert.That((await harness.ExpectAsync<AgentEvent.ExecutorExited>()).Exit?.Code, Is.EqualTo(3));
        Assert.That(process.Disposed);
    }

    [Test]
    public async Task A_task_after_its_executors_end_starts_a_new_executor(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        var first = await harness.LaunchAsync(Task("t"));
        first.Exit(0);
        await harness.ExpectStatusAsync("t", TaskState.TaskFailed);
        await harness.ExpectAsync<AgentEvent.ExecutorExited>();

        var second = await harness.LaunchAsync(Task("t"));

        Assert.That(second.Description.WorkingDirectory, Is.Not.EqualTo(first.Description.WorkingDirectory));
    }

    [Test]
    public async Task A_shut_down_executor_is_destroyed_after_its_grace_period(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        var (executor, process) = await harness.RunAsync(Task("t"));
        await using var ended = executor;

        harness.Agent.ShutdownExecutor("e");
        await executor.ExpectAsync<ShutdownExecutorMessage>();
        harness.Time.Advance(TimeSpan.FromSeconds(4.9));
        await executor.ExpectAcknowledgementAsync(executor.SendUpdate("t", TaskState.TaskRunning));
        Assert.That(process.LeaderExit.IsCompleted, Is.False);
        harness.Time.Advance(TimeSpan.FromSeconds(0.1));

        await harness.ExpectStatusAsync("t", TaskState.TaskRunning);
        await harness.ExpectStatusAsync("t", TaskState.TaskFailed);
        Assert.That((await harness.ExpectAsync<AgentEvent.ExecutorExited>()).Exit?.Signal, Is.EqualTo(9));
    }

    [Test]
    public async Task An_executors_own_grace_period_wins(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        var task = Task("t");
        task.Executor.ShutdownGracePeriod = new DurationInfo { Nanoseconds = 60_000_000_000 };
        var (executor, process) = await harness.RunAsync(task);
        await using var ended = executor;

        harness.Agent.ShutdownExecutor("e");
        await executor.ExpectAsync<ShutdownExecutorMessage>();
        harness.Time.Advance(TimeSpan.FromSeconds(59));
        await executor.ExpectAcknowledgementAsync(executor.SendUpdate("t", TaskState.TaskKilled));

        Assert.That(process.LeaderExit.IsCompleted, Is.False);
        Assert.That(process.Description.Environment["MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD"], Is.EqualTo("1mins"));
    }

    [Test]
    public async Task A_destroyed_executor_is_killed_at_once(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        await harness.LaunchAsync(Task("t"));

        harness.Agent.DestroyExecutor("e");

        await harness.ExpectStatusAsync("t", TaskState.TaskFailed);
        Assert.That((await harness.ExpectAsync<AgentEvent.ExecutorExited>()).Exit?.Signal, Is.EqualTo(9));
    }

    [Test]
    public async Task Disposing_kills_what_still_runs_and_ends_the_events(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        var process = await harness.LaunchAsync(Task("t"));

        await harness.Agent.DisposeAsync();

        Assert.That(process.LeaderExit.IsCompleted && process.Disposed);
        Assert.That(harness.Agent.Events.Completion.IsCompletedSuccessfully);
    }
}
