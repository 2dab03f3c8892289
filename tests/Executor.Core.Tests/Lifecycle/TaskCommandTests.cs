using Executor.Core.Lifecycle;
using Google.Protobuf;
using Mesos;

namespace Executor.Core.Tests.Lifecycle;

public sealed class TaskCommandTests
{
    [TestCase("chmod ug+rx './executor' && exec './executor' ./run $PORT0", "./run $PORT0")]
    [TestCase("chmod ug+rx '/opt/a b/executor' && exec '/opt/a b/executor' a && b | c > f", "a && b | c > f")]
    [TestCase("chmod ug+rx 'it's' && exec 'it's' run", "run")]
    [TestCase("chmod ug+rx './executor' && exec './executor' echo 'it''s' \"$HOME\"", "echo 'it''s' \"$HOME\"")]
    public void The_text_behind_Marathons_prefix_runs_in_a_shell_as_it_was_written(string value, string expected)
    {
        var command = Resolve(ExecutorWith(value));

        Assert.That(command?.Program, Is.EqualTo("/bin/sh"));
        Assert.That(command?.Arguments, Is.EqualTo(["sh", "-c", expected]));
    }

    [Test]
    public void The_expanded_arguments_are_ignored_when_Marathons_text_is_there()
    {
        var command = Resolve(ExecutorWith("chmod ug+rx 'e' && exec 'e' echo \"a b\""), arguments: ["echo", "a b"]);

        Assert.That(command?.Arguments, Is.EqualTo(["sh", "-c", "echo \"a b\""]));
    }

    [Test]
    public void Marathons_args_form_runs_its_arguments_without_a_shell()
    {
        var executor = ExecutorWith("chmod ug+rx 'e' && exec 'e' a b c");
        executor.Command.Shell = false;
        executor.Command.Arguments.Add(["a", "b", "c"]);

        var command = Resolve(executor);

        Assert.That(command?.Program, Is.EqualTo("a"));
        Assert.That(command?.Arguments, Is.EqualTo(["a", "b", "c"]));
    }

    [TestCase("""{"value":"sleep 1"}""", "/bin/sh", "sh|-c|sleep 1")]
    [TestCase("""{"shell":false,"value":"/bin/busybox","arguments":["ls","-l"]}""", "/bin/busybox", "ls|-l")]
    [TestCase("""{"shell":false,"value":"true"}""", "true", "true")]
    [TestCase("""{"shell":false,"arguments":["ls","-l"],"unknown":1}""", "ls", "ls|-l")]
    public void A_CommandInfo_in_JSON_in_the_tasks_data_is_the_command(string json, string program, string arguments)
    {
        var command = Resolve(ExecutorWith("/opt/executor"), data: ByteString.CopyFromUtf8(json));

        Assert.That(command?.Program, Is.EqualTo(program));
        Assert.That(command?.Arguments, Is.EqualTo(arguments.Split('|')));
    }

    [Test]
    public void A_serialised_CommandInfo_in_the_tasks_data_is_the_command_and_brings_its_environment()
    {
        var info = new CommandInfo { Value = "env", Environment = new Mesos.Environment() };
        info.Environment.Variables.Add(new Mesos.Environment.Types.Variable { Name = "A", Value = "b" });

        var command = Resolve(ExecutorWith("/opt/executor"), data: info.ToByteString());

        Assert.That(command?.Arguments, Is.EqualTo(["sh", "-c", "env"]));
        Assert.That(command?.Environment, Is.EqualTo(new Dictionary<string, string> { ["A"] = "b" }));
    }

    [TestCase("{\"id\":\"/app\"}")]
    [TestCase("{not json")]
    [TestCase("data\0with nul")]
    public void Data_that_is_no_command_gives_way_to_the_executors_own_arguments(string data)
    {
        var command = Resolve(ExecutorWith("/opt/executor"), ByteString.CopyFromUtf8(data), ["./run", "x"]);

        Assert.That(command?.Program, Is.EqualTo("./run"));
        Assert.That(command?.Arguments, Is.EqualTo(["./run", "x"]));
    }

    [TestCase("chmod ug+rx './executor' && exec './executor' ")]
    [TestCase("chmod ug+rx './executor' && exec './executor'")]
    [TestCase("chmod ug+rx './executor' && exec './other' run")]
    [TestCase("/opt/executor")]
    public void Without_any_of_these_there_is_no_command(string value) =>
        Assert.That(Resolve(ExecutorWith(value)), Is.Null);

    [TestCase(null, null, null)]
    [TestCase("agent", null, "agent")]
    [TestCase("agent", "app", "app")]
    [TestCase(null, "app", "app")]
    [TestCase("agent", "", "agent")]
    public void The_user_of_the_command_itself_wins_over_that_of_the_executors(string? agent, string? app, string? expected)
    {
        var executor = ExecutorWith("/opt/executor");
        if (agent is not null) executor.Command.User = agent;
        var info = new CommandInfo { Value = "id" };
        if (app is not null) info.User = app;

        Assert.That(Resolve(executor, info.ToByteString())?.User, Is.EqualTo(expected));
    }

    [Test]
    public void Marathons_user_is_the_executors()
    {
        var executor = ExecutorWith("chmod ug+rx 'e' && exec 'e' id");
        executor.Command.User = "app";

        Assert.That(Resolve(executor)?.User, Is.EqualTo("app"));
    }

    private static ExecutorInfo ExecutorWith(string value) =>
        new() { ExecutorId = new ExecutorID { Value = "e" }, Command = new CommandInfo { Value = value } };

    private static TaskCommand? Resolve(ExecutorInfo executor, ByteString? data = null, string[]? arguments = null)
    {
        var task = new TaskInfo { Executor = executor, Data = data ?? ByteString.Empty };
        return TaskCommand.TryResolve(task, executor, arguments ?? [], out var command) ? command : null;
    }
}
