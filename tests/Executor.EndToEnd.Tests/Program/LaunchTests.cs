using Google.Protobuf;
using Mesos;

namespace Executor.EndToEnd.Tests.Program;

/// <summary>The published executor, from a task's launch to the end it comes to by itself.</summary>
[TestFixture(DriverKind.Managed)]
[TestFixture(DriverKind.LibmesosNew)]
[TestFixture(DriverKind.LibmesosOld)]
[CancelAfter(30_000)]
public sealed class LaunchTests(DriverKind driver)
{
    [TestCase("0.22")]
    [TestCase("1.3")]
    [TestCase("1.11")]
    public async Task A_task_that_exits_0_FINISHED_and_the_executor_leaves_with_0(string release, CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit, o => o with { MesosVersion = Version.Parse(release) });
        rig.Launch("echo out && echo err >&2");

        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);
        Assert.That(await rig.OutputAsync(), Is.EqualTo("out\n"));
        Assert.That(await rig.ErrorsAsync(), Does.Contain("err\n"));
    }

    [TestCase("exit 3", "exited with status 3")]
    [TestCase("kill -SEGV $$", "ended by signal SIGSEGV (11)")]
    [TestCase("no-such-program", "exited with status 127")]
    public async Task Any_other_end_FAILED_with_a_text_that_names_it(string cmd, string text, CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.Launch(cmd);

        await rig.ExpectRunningAsync();
        var status = await rig.NextStatusAsync(TaskState.TaskFailed);
        Assert.That(status.Message, Does.Contain(text));
        await rig.ExpectExitAsync(0);
    }

    [TestCase("/no/such/file", "ENOENT")]
    [TestCase("/etc/passwd", "EACCES")]
    public async Task A_program_that_cannot_be_executed_FAILED_with_the_errno_and_never_was_RUNNING(
        string program, string errno, CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchWithData(AgentRig.Utf8($$"""{"shell":false,"value":"{{program}}"}"""));

        await rig.NextStatusAsync(TaskState.TaskStarting);
        var status = await rig.NextStatusAsync(TaskState.TaskFailed);
        Assert.That(status.Message, Does.Contain(program).And.Contain(errno));
        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task A_command_in_the_tasks_data_as_protobuf_runs_with_its_environment(CancellationToken limit)
    {
        var command = new CommandInfo { Value = "echo $WHAT", Environment = new Mesos.Environment() };
        command.Environment.Variables.Add(new Mesos.Environment.Types.Variable { Name = "WHAT", Value = "given" });
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchWithData(command.ToByteString());

        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);
        Assert.That(await rig.OutputAsync(), Is.EqualTo("given\n"));
    }

    [Test]
    public async Task A_command_in_the_tasks_data_keeps_its_arguments_apart_from_its_program(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchWithData(AgentRig.Utf8(
            """{"shell":false,"value":"/bin/sh","arguments":["renamed","-c","echo \"$0|$1\"","a b","c"]}"""));

        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);
        Assert.That(await rig.OutputAsync(), Is.EqualTo("a b|c\n"));
    }

    [Test]
    public async Task The_executors_own_arguments_are_the_last_resort(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchWithArguments("printf '%s.' 'a b' --help");

        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);
        Assert.That(await rig.OutputAsync(), Is.EqualTo("a b.--help."));
    }

    [Test]
    public async Task A_task_with_nothing_to_run_is_in_ERROR_and_the_text_says_where_was_looked(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchWithData(ByteString.Empty);

        var status = await rig.NextStatusAsync(TaskState.TaskError);
        Assert.That(status.Reason, Is.EqualTo(Mesos.TaskStatus.Types.Reason.TaskInvalid));
        Assert.That(status.Message, Does.Contain("TaskInfo.data"));
        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task The_task_sees_its_environment_and_its_sandbox_and_nothing_of_the_executors(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.Launch("pwd && env");

        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);
        var output = (await rig.OutputAsync()).Split('\n');
        Assert.That(output[0], Is.EqualTo(rig.Sandbox));
        Assert.That(output, Has.Some.EqualTo($"MESOS_SANDBOX={rig.Sandbox}"));
        Assert.That(output, Has.None.StartsWith("EXECUTOR_").And.None.StartsWith("LIBPROCESS_"));
        Assert.That(output, Has.None.StartsWith("MESOS_SLAVE_PID").And.None.StartsWith("MESOS_FRAMEWORK_ID"));
    }

    [Test]
    public async Task A_misspelt_setting_is_reported_loudly(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit, o => o with
        {
            ExecutorEnvironment = new Dictionary<string, string>(driver.Settings()) { ["EXECUTOR_DIRVER"] = "managed" },
        });
        rig.Launch("true");

        await rig.NextAsync<Libprocess.AgentEvent.ExecutorExited>();
        Assert.That(await rig.ErrorsAsync(), Does.Contain("warn EXECUTOR_DIRVER is not a setting"));
    }

    [Test]
    public async Task Several_tasks_share_one_executor_and_it_leaves_after_the_last(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.Launch("mkfifo gate && read line < gate", "first");
        await rig.ExpectRunningAsync();
        rig.Launch("until [ -p gate ] && [ -e opener ]; do sleep 0.01; done; echo go > gate", "second");
        await rig.ExpectRunningAsync();
        await File.WriteAllTextAsync(Path.Combine(rig.Sandbox, "opener"), "", limit);

        string[] ended = [await EndedAsync(), await EndedAsync()];
        Assert.That(ended, Is.EquivalentTo(["first", "second"]));
        await rig.ExpectExitAsync(0);

        async Task<string> EndedAsync() => (await rig.NextStatusAsync(TaskState.TaskFinished)).TaskId.Value;
    }
}
