using Executor.Core.Configuration;
using Executor.Core.Lifecycle;
using Mesos;
using Reason = Mesos.TaskStatus.Types.Reason;

namespace Executor.Core.Tests.Lifecycle;

public sealed class TaskReporterTests
{
    private readonly FakeDriver _driver = new();

    [Test]
    public void What_was_said_once_is_repeated_until_something_else_is_said()
    {
        var task = Reporter(new TaskInfo());
        var labels = new Labels { Labels_ = { new Label { Key = "a", Value = "b" } } };

        task.Send(TaskState.TaskRunning);
        task.Send(TaskState.TaskRunning, healthy: true, labels: labels);
        task.Send(TaskState.TaskKilling, "killed");
        task.Send(TaskState.TaskKilled, healthy: false);

        var statuses = _driver.Rest();
        Assert.That(statuses.Select(s => s.HasHealthy), Is.EqualTo([false, true, true, true]));
        Assert.That(statuses.Select(s => s.Healthy), Is.EqualTo([false, true, true, false]));
        Assert.That(statuses.Select(s => s.Labels), Is.EqualTo([null, labels, labels, labels]));
        Assert.That(statuses.Select(s => s.Message), Is.EqualTo(["", "", "killed", ""]), "a message is of one status");
    }

    [TestCase(CheckInfo.Types.Type.Command)]
    [TestCase(CheckInfo.Types.Type.Http)]
    [TestCase(CheckInfo.Types.Type.Tcp)]
    public void A_task_with_a_check_has_an_empty_check_status_from_the_first_status_on(CheckInfo.Types.Type type)
    {
        var task = Reporter(new TaskInfo { Check = new CheckInfo { Type = type } });

        task.Send(TaskState.TaskStarting);
        task.Send(TaskState.TaskFinished);

        foreach (var status in _driver.Rest())
        {
            var check = status.CheckStatus;
            Assert.That(check.Type, Is.EqualTo(type));
            Assert.That(check.Command is not null, Is.EqualTo(type == CheckInfo.Types.Type.Command));
            Assert.That(check.Http is not null, Is.EqualTo(type == CheckInfo.Types.Type.Http));
            Assert.That(check.Tcp is not null, Is.EqualTo(type == CheckInfo.Types.Type.Tcp));
            Assert.That(check.Command?.HasExitCode is true || check.Http?.HasStatusCode is true, Is.False);
        }
    }

    [Test]
    public void A_check_status_is_repeated_until_there_is_another()
    {
        var task = Reporter(new TaskInfo { Check = new CheckInfo { Type = CheckInfo.Types.Type.Tcp } });
        var open = new CheckStatusInfo
        {
            Type = CheckInfo.Types.Type.Tcp,
            Tcp = new CheckStatusInfo.Types.Tcp { Succeeded = true },
        };

        task.Send(TaskState.TaskRunning, check: open);
        task.Send(TaskState.TaskKilled);

        Assert.That(_driver.Rest().Select(s => s.CheckStatus), Is.EqualTo([open, open]));
    }

    /// <summary>The field and the reason came with the same release, so whoever sent one knows the other.</summary>
    [TestCase("MESOS_HTTP_COMMAND_EXECUTOR", true, true)]
    [TestCase("MESOS_HTTP_COMMAND_EXECUTOR", false, false)]
    [TestCase("MESOS_DOMAIN_SOCKET", false, true)]
    [TestCase("MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD", true, false)]
    public void A_reason_that_the_agent_does_not_know_is_left_out(string variable, bool field, bool expected)
    {
        var task = new TaskInfo();
        if (field) task.MaxCompletionTime = new DurationInfo { Nanoseconds = 1 };

        Reporter(task, Releases.With(variable)).Send(
            TaskState.TaskFailed, "over", Reason.MaxCompletionTimeReached);

        Assert.That(_driver.Rest().Single().HasReason, Is.EqualTo(expected));
    }

    private TaskReporter Reporter(TaskInfo task, AgentRelease? release = null)
    {
        task.TaskId = new TaskID { Value = "a" };
        return new StatusReporter(_driver, release ?? AgentRelease.Unknown, new SecretMask(), TimeProvider.System).For(task);
    }
}
