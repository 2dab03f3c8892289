using Executor.Core.Configuration;
using Executor.Core.Tests.Lifecycle;
using Reason = Mesos.TaskStatus.Types.Reason;

namespace Executor.Core.Tests.Configuration;

public sealed class AgentReleaseTests
{
    [TestCase("MESOS_CHECKPOINT", "0.22")]
    [TestCase("MESOS_SANDBOX", "0.25")]
    [TestCase("LIBPROCESS_IP", "0.26")]
    [TestCase("MESOS_AGENT_ENDPOINT", "0.27")]
    [TestCase("MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD", "0.28")]
    [TestCase("MESOS_HTTP_COMMAND_EXECUTOR", "1.0")]
    [TestCase("MESOS_EXECUTOR_AUTHENTICATION_TOKEN", "1.3")]
    [TestCase("MESOS_DOMAIN_SOCKET", "1.10")]
    public void A_variable_tells_the_release_that_it_came_with(string variable, string release) =>
        Assert.That(Releases.With(variable).AtLeast, Is.EqualTo(Version.Parse(release)));

    [Test]
    public void The_newest_variable_counts() => Assert.That(
        AgentRelease.Of(new Dictionary<string, string> { ["MESOS_SANDBOX"] = "", ["MESOS_DOMAIN_SOCKET"] = "" }).AtLeast,
        Is.EqualTo(new Version(1, 10)));

    [Test]
    public void A_newer_libmesos_tells_more_of_an_agent_from_1_0_on_and_nothing_of_an_older_one()
    {
        var newer = new Version(1, 8);

        Assert.That(Releases.From1X.NotBefore(newer).AtLeast, Is.EqualTo(newer));
        Assert.That(Releases.From1X.NotBefore(new Version(0, 22)), Is.SameAs(Releases.From1X));
        Assert.That(Releases.With("MESOS_AGENT_ENDPOINT").NotBefore(newer).AtLeast, Is.EqualTo(new Version(0, 27)));
    }

    [TestCase(Reason.TaskInvalid, "0.22")]
    [TestCase(Reason.TaskUnauthorized, "0.22")]
    [TestCase(Reason.CommandExecutorFailed, "0.22")]
    [TestCase(Reason.TaskCheckStatusUpdated, "1.2")]
    [TestCase(Reason.TaskHealthCheckStatusUpdated, "1.4")]
    [TestCase(Reason.MaxCompletionTimeReached, "1.6")]
    public void A_reason_is_known_from_its_release_on(Reason reason, string release)
    {
        var since = Version.Parse(release);
        string[] all = ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "1.9", "1.10", "1.11"];
        foreach (var agent in all.Select(Version.Parse))
            Assert.That(Releases.From1X.NotBefore(agent).Knows(reason), Is.EqualTo(agent >= since), $"{agent}");
        Assert.That(AgentRelease.Unknown.Knows(reason), Is.EqualTo(since == new Version(0, 22)));
    }

    [Test]
    public void What_is_the_agents_to_say_no_executor_says()
    {
        Reason[] executors =
        [
            Reason.CommandExecutorFailed, Reason.TaskInvalid, Reason.TaskUnauthorized, Reason.TaskCheckStatusUpdated,
            Reason.TaskHealthCheckStatusUpdated, Reason.MaxCompletionTimeReached,
        ];
        var newest = Releases.From1X.NotBefore(new Version(1, 11));

        Assert.That(Enum.GetValues<Reason>().Where(newest.Knows), Is.EquivalentTo(executors));
    }
}
