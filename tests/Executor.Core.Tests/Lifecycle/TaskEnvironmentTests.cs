using Executor.Core.Lifecycle;

namespace Executor.Core.Tests.Lifecycle;

public sealed class TaskEnvironmentTests
{
    [TestCase("EXECUTOR_DRIVER")]
    [TestCase("EXECUTOR_")]
    [TestCase("LIBPROCESS_PORT")]
    [TestCase("LIBPROCESS_IP")]
    [TestCase("MESOS_SLAVE_PID")]
    [TestCase("MESOS_EXECUTOR_AUTHENTICATION_TOKEN")]
    [TestCase("MESOS_CHECKPOINT")]
    public void What_only_the_executor_needs_does_not_reach_the_task(string name) =>
        Assert.That(Build(name), Does.Not.ContainKey(name));

    [TestCase("PORT0")]
    [TestCase("MESOS_TASK_ID")]
    [TestCase("MESOS_SANDBOX")]
    [TestCase("MARATHON_APP_ID")]
    [TestCase("executor_driver")]
    [TestCase("MY_EXECUTOR_X")]
    public void Everything_else_does(string name) =>
        Assert.That(Build(name), Contains.Key(name).WithValue("given"));

    [Test]
    public void Agents_that_know_no_MESOS_SANDBOX_get_it_filled_in() =>
        Assert.That(Build("A"), Contains.Key("MESOS_SANDBOX").WithValue("/sandbox"));

    [Test]
    public void Variables_that_came_with_the_command_win() =>
        Assert.That(Build("FROM_COMMAND"), Contains.Key("FROM_COMMAND").WithValue("command"));

    [Test]
    public void What_is_withheld_does_not_reach_the_task() => Assert.That(Build("WITHHELD"), Does.Not.ContainKey("WITHHELD"));

    private static Dictionary<string, string> Build(string name) => TaskEnvironment.Build(
        new Dictionary<string, string> { [name] = "given" },
        new TaskCommand("x", ["x"], new Dictionary<string, string> { ["FROM_COMMAND"] = "command" }, "a test"),
        "/sandbox",
        ["WITHHELD"]);
}
