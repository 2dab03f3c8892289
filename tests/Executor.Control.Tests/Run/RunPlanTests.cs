using Executor.Control.CommandLine;
using Executor.Control.Run;

namespace Executor.Control.Tests.Run;

public class RunPlanTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    private RunPlan Prepare(string members, Func<RunOptions, RunOptions>? change = null, string cmd = "true")
    {
        var options = new RunOptions
        {
            App = _folder.Write("app.json", $$"""{"id": "/shop/cart", "cmd": "{{cmd}}", {{members}}}"""),
            Executor = WriteExecutor(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute),
            Sandbox = Path.Combine(_folder.Path, "sandboxes"),
        };
        return RunPlan.Prepare(change?.Invoke(options) ?? options, TimeProvider.System);
    }

    private string WriteExecutor(UnixFileMode mode)
    {
        var path = _folder.Write("executor", "#!/bin/sh\n");
        File.SetUnixFileMode(path, mode);
        return path;
    }

    [Test]
    public void Each_instance_has_a_name_a_task_ports_and_a_sandbox_of_its_own()
    {
        _folder.Write("tool", "x");
        var plan = Prepare("\"instances\": 2, \"fetch\": [{\"uri\": \"tool\"}]");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(plan.Instances.Select(instance => instance.Name), Is.EqualTo(new[] { "cart.1", "cart.2" }));
            Assert.That(plan.Instances.SelectMany(instance => instance.Ports).ToList(), Is.Unique.And.Count.EqualTo(2));
            foreach (var instance in plan.Instances)
            {
                Assert.That(instance.Sandbox, Is.EqualTo(Path.Combine(plan.Directory, instance.TaskId)));
                Assert.That(File.Exists(Path.Combine(instance.Sandbox, "tool")), Is.True);
            }
        }
    }

    [Test]
    public void Options_win_over_the_file()
    {
        var plan = Prepare(
            "\"instances\": 5, \"env\": {\"A\": \"file\", \"EXECUTOR_DRIVER\": \"auto\"}, \"labels\": {\"l\": \"file\"}",
            options => options with
            {
                Instances = 1,
                Driver = "managed",
                Env = [new("A", "option")],
                Labels = [new("l", "option"), new("m", "new")],
            });
        var task = plan.Instances.Single().Task;
        var variables = task.Executor.Command.Environment.Variables.ToDictionary(variable => variable.Name, variable => variable.Value);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(variables["A"], Is.EqualTo("option"));
            Assert.That(variables["EXECUTOR_DRIVER"], Is.EqualTo("managed"));
            Assert.That(task.Labels.Labels_.Select(label => label.Value), Is.EqualTo(new[] { "option", "new" }));
        }
    }

    [Test]
    public void Nothing_to_run_is_refused() =>
        Assert.That(
            () => Prepare("\"instances\": 0"),
            Throws.TypeOf<UsageException>().With.Message.EndsWith("instances: 0 runs nothing; accepted: a whole number from 1, or --instances N"));

    [Test]
    public void A_missing_executor_is_named() =>
        Assert.That(
            () => Prepare("\"instances\": 1", options => options with { Executor = "/nowhere/executor" }),
            Throws.TypeOf<UsageException>().With.Message.EqualTo(
                "--executor: /nowhere/executor does not exist; accepted: the path of the executor program"));

    [Test]
    public void What_is_no_program_is_refused_as_the_executor_and_left_as_it_is()
    {
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var path = Path.Combine(_folder.Path, "executor");

        Assert.That(
            () => Prepare("\"instances\": 1", options => options with { Executor = WriteExecutor(mode) }),
            Throws.TypeOf<UsageException>().With.Message.EqualTo(
                $"--executor: '{path}' is not an executable file; accepted: the path of the executor program"));
        Assert.That(File.GetUnixFileMode(path), Is.EqualTo(mode));
    }

    [Test]
    public void A_command_line_that_acts_on_the_executor_is_warned_of() =>
        Assert.That(
            Prepare("\"instances\": 1", cmd: "./serve > log").Warning,
            Does.EndWith("app.json: cmd: the shell that starts the executor applies > to the executor; put the whole of cmd into sh -c '...', or into a script"));

    [Test]
    public void A_command_line_that_does_not_is_not() => Assert.That(Prepare("\"instances\": 1").Warning, Is.Null);

    [Test]
    public void A_temporary_directory_does_not_outlive_a_failed_preparation()
    {
        var temporary = Directory.CreateDirectory(Path.Combine(_folder.Path, "tmp")).FullName;
        var usual = Environment.GetEnvironmentVariable("TMPDIR");
        Environment.SetEnvironmentVariable("TMPDIR", temporary);
        try
        {
            Assert.That(
                () => Prepare("\"fetch\": [{\"uri\": \"missing\"}]", options => options with { Sandbox = null }),
                Throws.TypeOf<UsageException>().With.Message.Contains("missing does not exist"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("TMPDIR", usual);
        }

        Assert.That(Directory.GetFileSystemEntries(temporary), Is.Empty);
    }
}
