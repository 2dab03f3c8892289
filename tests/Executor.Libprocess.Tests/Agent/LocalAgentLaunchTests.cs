using Executor.Core.Ports;
using Mesos;
using Microsoft.Win32.SafeHandles;
using static Executor.Libprocess.Tests.Agent.AgentHarness;
using Reason = Mesos.TaskStatus.Types.Reason;
using Source = Mesos.TaskStatus.Types.Source;

namespace Executor.Libprocess.Tests.Agent;

[CancelAfter(20_000)]
public class LocalAgentLaunchTests
{
    private const string Base =
        "LIBPROCESS_PORT MESOS_CHECKPOINT MESOS_DIRECTORY MESOS_EXECUTOR_ID MESOS_FRAMEWORK_ID MESOS_SLAVE_ID MESOS_SLAVE_PID";

    [TestCase("0.25", Base + " MESOS_SANDBOX")]
    [TestCase("0.22", Base)]
    [TestCase("0.26", Base + " LIBPROCESS_IP MESOS_SANDBOX")]
    [TestCase("0.27", Base + " LIBPROCESS_IP MESOS_AGENT_ENDPOINT MESOS_SANDBOX")]
    [TestCase("0.28", Base + " LIBPROCESS_IP MESOS_AGENT_ENDPOINT MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD MESOS_SANDBOX")]
    [TestCase("1.11", Base + " LIBPROCESS_IP MESOS_AGENT_ENDPOINT MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD MESOS_HTTP_COMMAND_EXECUTOR MESOS_SANDBOX PATH")]
    public async Task An_executor_gets_the_variables_of_its_release(string release, string names, CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit, o => o with { MesosVersion = Version.Parse(release) });

        var process = await harness.LaunchAsync(Task("t"));

        var environment = process.Description.Environment;
        var inherited = Version.Parse(release) < new Version(1, 0)
            ? System.Environment.GetEnvironmentVariables().Keys.Cast<string>()
            : [];
        Assert.That(environment.Keys.Except(inherited), Is.EquivalentTo(names.Split(' ')));
        Assert.That(inherited, Is.SubsetOf(environment.Keys));
    }

    [Test]
    public async Task A_checkpointing_agent_tells_how_long_to_wait_for_it(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit, o => o with { Checkpoint = true });

        var environment = (await harness.LaunchAsync(Task("t"))).Description.Environment;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(environment["MESOS_CHECKPOINT"], Is.EqualTo("1"));
            Assert.That(environment["MESOS_RECOVERY_TIMEOUT"], Is.EqualTo("15mins"));
            Assert.That(environment["MESOS_SUBSCRIPTION_BACKOFF_MAX"], Is.EqualTo("2secs"));
        }
    }

    [Test]
    public async Task The_commands_own_variables_win_over_the_agents(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit, o => o with
        {
            ExecutorEnvironment = new Dictionary<string, string> { ["PATH"] = "/agent", ["KEPT"] = "agent", ["A"] = "agent" },
        });
        var task = Task("t");
        task.Executor.Command.Environment = new Mesos.Environment
        {
            Variables =
            {
                new Mesos.Environment.Types.Variable { Name = "A", Value = "command" },
                new Mesos.Environment.Types.Variable { Name = "MESOS_DIRECTORY", Value = "/elsewhere" },
            },
        };

        var environment = (await harness.LaunchAsync(task)).Description.Environment;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(environment["PATH"], Is.EqualTo("/agent"));
            Assert.That(environment["KEPT"], Is.EqualTo("agent"));
            Assert.That(environment["A"], Is.EqualTo("command"));
            Assert.That(environment["MESOS_DIRECTORY"], Is.EqualTo("/elsewhere"));
        }
    }

    [Test]
    public async Task A_shell_command_runs_through_the_shell_in_the_sandbox(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);

        var description = (await harness.LaunchAsync(Task("t", command: "exec 'x' $PORT0"))).Description;

        Assert.That(description.Arguments, Is.EqualTo(["/bin/sh", "-c", "exec 'x' $PORT0"]));
        Assert.That(description.WorkingDirectory, Does.StartWith(harness.WorkDirectory.FullName));
        Assert.That(Directory.GetFiles(description.WorkingDirectory).Select(Path.GetFileName), Is.EquivalentTo(["stdout", "stderr"]));
    }

    [Test]
    public async Task A_command_without_shell_is_an_argument_vector(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        var task = Task("t", command: "/bin/x");
        task.Executor.Command.Shell = false;
        task.Executor.Command.Arguments.Add(["x", "a b", "c"]);

        var description = (await harness.LaunchAsync(task)).Description;

        Assert.That(description.Arguments, Is.EqualTo(["/bin/x", "a b", "c"]));
    }

    [Test]
    public async Task Output_handles_are_closed_once_the_executor_runs(CancellationToken limit)
    {
        var output = new ExecutorOutput(File.OpenHandle("/dev/null"), File.OpenHandle("/dev/null"));
        await using var harness = new AgentHarness(limit, o => o with { OpenOutput = _ => output });

        var process = await harness.LaunchAsync(Task("t"));

        Assert.That(process.Description.StandardOutput, Is.SameAs(output.StandardOutput));
        Assert.That(new[] { output.StandardOutput, output.StandardError }.Select((SafeFileHandle h) => h.IsClosed), Is.All.True);
    }

    [Test]
    public async Task A_failed_launch_fails_the_task(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        harness.Launcher.Failure = new ProcessStartException("exec", 2, "no such program");

        harness.Agent.LaunchTask(Task("t"));

        var status = await harness.ExpectStatusAsync("t", TaskState.TaskFailed);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(status.Reason, Is.EqualTo(Reason.ContainerLaunchFailed));
            Assert.That(status.Source, Is.EqualTo(Source.Slave));
            Assert.That(status.Message, Does.Contain("no such program"));
        }

        Assert.That((await harness.ExpectAsync<AgentEvent.ExecutorExited>()).Exit, Is.Null);
    }

    [Test]
    public async Task A_task_for_a_running_executor_is_handed_over_at_once(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        var (executor, _) = await harness.RunAsync(Task("one"));
        await using var ended = executor;

        harness.Agent.LaunchTask(Task("two"));

        var run = await executor.ExpectAsync<Mesos.Internal.RunTaskMessage>();
        Assert.That(run.Task.TaskId.Value, Is.EqualTo("two"));
        Assert.That(harness.Launcher.Launched.Reader.Count, Is.Zero);
    }

    [Test]
    public async Task A_task_that_no_custom_executor_could_get_is_refused_to_the_caller(CancellationToken limit)
    {
        await using var harness = new AgentHarness(limit);
        var command = Task("t");
        command.Executor = null;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => harness.Agent.LaunchTask(command), Throws.ArgumentException);
            Assert.That(() => harness.Agent.LaunchTask(Task("a/b")), Throws.ArgumentException.With.Message.Contains("task_id is 'a/b'"));
            Assert.That(() => harness.Agent.LaunchTask(Task("t", executorId: "..")), Throws.ArgumentException);
        }
    }

    [TestCase("0.21")]
    [TestCase("1.12")]
    [TestCase("2.0")]
    public void A_release_outside_the_v0_range_is_refused(string release) => Assert.That(
        () => new LocalAgent(
            new LocalAgentOptions { WorkDirectory = "", MesosVersion = Version.Parse(release) },
            new FakeLauncher(), TimeProvider.System),
        Throws.ArgumentException);
}
