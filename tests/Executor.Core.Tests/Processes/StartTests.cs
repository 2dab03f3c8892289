using System.Runtime.Versioning;
using Executor.Core.Ports;
using Executor.Core.Processes;
using Microsoft.Extensions.Time.Testing;

namespace Executor.Core.Tests.Processes;

[SupportedOSPlatform("linux")]
internal sealed class StartTests : ProcessTests
{
    // With its NUL: 32 pages, one byte less without.
    private const int LongestString = 32 * 4096;

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("executor-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task A_program_is_looked_up_in_PATH_of_its_own_environment()
    {
        Script("only-here", "#!/bin/sh\necho found\n");

        Assert.That(await OutputOfAsync(WithPath(_folder, "only-here")), Is.EqualTo("found\n"));
    }

    [Test]
    public async Task A_name_with_a_slash_is_taken_from_the_working_directory()
    {
        Script("run", "#!/bin/sh\necho \"$0 in $PWD\"\n");
        var description = Program("./run") with { WorkingDirectory = _folder };

        Assert.That(await OutputOfAsync(description), Is.EqualTo($"./run in {_folder}\n"));
    }

    [Test]
    public async Task A_missing_program_is_ENOENT()
    {
        var error = await FailureOfAsync(Program("no-such-program"));

        Assert.That(error.Message, Is.EqualTo("cannot run \"no-such-program\": No such file or directory (ENOENT)"));
        Assert.That((error.Step, error.Errno), Is.EqualTo(("exec", 2)));
    }

    [Test]
    public async Task A_program_that_may_not_be_executed_is_EACCES_though_found_in_PATH_only()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "plain"), "text", Limit);

        Assert.That(
            await MessageOfAsync(WithPath($"{_folder}:/nowhere", "plain")),
            Is.EqualTo("cannot run \"plain\": Permission denied (EACCES)"));
    }

    [Test]
    public async Task A_later_candidate_in_PATH_replaces_one_that_may_not_be_executed()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "echo"), "text", Limit);

        Assert.That(await OutputOfAsync(WithPath($"{_folder}:/bin", "echo", "later")), Is.EqualTo("later\n"));
    }

    [Test]
    public async Task A_missing_interpreter_is_said_to_be_one()
    {
        Script("run", "#!/no/such/interpreter\n");

        Assert.That(
            await MessageOfAsync(Program("./run") with { WorkingDirectory = _folder }),
            Does.EndWith("(ENOENT); it is there, so its interpreter is missing"));
    }

    [TestCase(40, 4_000_510, TestName = "An_environment_beyond_the_kernels_limit_is_E2BIG")]
    [TestCase(200, 20_002_690, TestName = "An_environment_beyond_the_longest_frame_is_E2BIG")]
    public async Task An_environment_too_large_is_E2BIG_and_the_sizes_are_told(int variables, int bytes)
    {
        var large = Enumerable.Range(0, variables).ToDictionary(i => $"V{i}", _ => new string('x', 100_000));

        Assert.That(
            await MessageOfAsync(Program("/bin/true") with { Environment = large, Limits = [new("stack", 8 << 20, ResourceLimit.Unlimited)] }),
            Is.EqualTo(
                $"cannot run \"/bin/true\": Argument list too long (E2BIG): {variables} environment variables take {bytes} bytes and 1 arguments 18, and the kernel accepts 2097152 in sum, a quarter of the stack's limit but no more than 6291456"));
    }

    [Test]
    public async Task A_variable_too_long_is_E2BIG_and_named_without_its_value()
    {
        var environment = new Dictionary<string, string> { ["SECRET"] = new('x', LongestString - "SECRET=".Length) };

        Assert.That(
            await MessageOfAsync(Program("/bin/true") with { Environment = environment }),
            Is.EqualTo(
                "cannot run \"/bin/true\": Argument list too long (E2BIG): environment variable \"SECRET\" takes 131073 bytes, and the kernel accepts 131072 for one"));
    }

    [Test]
    public async Task An_argument_too_long_is_E2BIG_and_numbered() =>
        Assert.That(
            await MessageOfAsync(Program("/bin/true", new string('x', LongestString))),
            Does.EndWith("(E2BIG): argument 1 takes 131073 bytes, and the kernel accepts 131072 for one"));

    [Test]
    public async Task A_variable_as_long_as_the_kernel_takes_arrives()
    {
        var environment = new Dictionary<string, string> { ["LONG"] = new('x', LongestString - "LONG=".Length - 1) };

        Assert.That(await OutputOfAsync(Program("/usr/bin/env") with { Environment = environment }), Has.Length.EqualTo(LongestString));
    }

    [Test]
    public async Task Limits_that_cannot_be_set_are_named()
    {
        var error = await FailureOfAsync(Program("true") with { Limits = [new("nofile", 1, 1UL << 40)] });

        Assert.That(error.Step, Is.EqualTo("limit"));
        Assert.That(
            error.Message,
            Is.EqualTo("cannot set the limit nofile=1:1099511627776: Operation not permitted (EPERM); raising a hard limit takes root, with CAP_SYS_RESOURCE; and nofile never goes above fs.nr_open"));
    }

    [TestCase("/no/such/directory", "cannot enter \"/no/such/directory\": No such file or directory (ENOENT)")]
    [TestCase("/etc/passwd", "cannot enter \"/etc/passwd\": Not a directory (ENOTDIR)")]
    public async Task A_working_directory_that_cannot_be_entered_is_named(string directory, string message)
    {
        var error = await FailureOfAsync(Program("true") with { WorkingDirectory = directory });

        Assert.That((error.Step, error.Message), Is.EqualTo(("directory", message)));
    }

    [Test]
    public async Task A_missing_supervisor_is_named()
    {
        var error = await FailureOfAsync(Program("true"), "/no/such/supervisor");

        Assert.That(error.Step, Is.EqualTo("supervisor"));
        Assert.That(
            error.Message,
            Is.EqualTo("cannot run the supervisor \"/no/such/supervisor\": No such file or directory (ENOENT)"));
    }

    [Test]
    public async Task A_supervisor_that_only_exits_is_named_with_its_exit_code() =>
        Assert.That(
            await MessageOfAsync(Program("true"), "/bin/false"),
            Is.EqualTo("the supervisor \"/bin/false\" exited with status 1 before it had started the program"));

    [Test]
    public async Task A_supervisor_that_speaks_another_language_is_ended() =>
        // cat sends START back, which no supervisor does.
        Assert.That(
            await MessageOfAsync(Program("true"), Script("echoing", "#!/bin/sh\nexec cat <&3 >&3\n")),
            Does.EndWith("was ended by signal SIGKILL (9) before it had started the program"));

    [Test]
    public async Task A_variable_name_with_an_equals_sign_is_refused() =>
        Assert.That(
            await MessageOfAsync(Program("true") with { Environment = new Dictionary<string, string> { ["A=B"] = "" } }),
            Does.Contain("\"A=B\""));

    [Test]
    public async Task An_argument_with_a_NUL_is_refused() =>
        Assert.That(await MessageOfAsync(Program("true", "a\0b")), Does.Contain("argument 1 contains a NUL"));

    [Test]
    public async Task A_launch_cancelled_at_any_moment_leaves_nothing()
    {
        var launcher = new SupervisedProcessLauncher(SupervisorPath, TimeProvider.System);
        using var output = new Output();
        for (var yields = 0; yields < 40; yields++)
        {
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Limit);
            var launch = launcher.LaunchAsync(
                Sh("trap '' TERM; sleep 1000 & wait") with { StandardOutput = output.Handle, OrphanGrace = TimeSpan.FromHours(1) },
                cancellation.Token);
            for (var i = 0; i < yields; i++) await Task.Yield();
            await cancellation.CancelAsync();
            try
            {
                await using var process = await launch;
                process.Signal(Sigkill);
            }
            catch (OperationCanceledException)
            {
                // It lost the race.
            }
        }

        Assert.That(await output.ReadToEndAsync(Limit), Is.Empty);
        Assert.That(ProcFile.Children(Environment.ProcessId), Is.Empty);
    }

    [Test]
    public async Task A_process_that_is_ended_before_it_is_the_program_was_never_started()
    {
        var ended = 0;
        for (var i = 0; i < 100; i++)
        {
            using var output = new Output();
            using var supervisor = new RawSupervisor(SupervisorPath, output);
            byte[] both = [.. SupervisorFrames.EncodeStart(Program("sleep", "1000"))!, .. SupervisorFrames.EncodeSignal(Sigkill)];
            supervisor.SendRaw(both);
            var first = await supervisor.ReadAsync(Limit);
            if (first is SupervisorReport.Started)
            {
                Assert.That(await supervisor.ReadAsync(Limit), Is.InstanceOf<SupervisorReport.Exited>());
                Assert.That(await supervisor.ReadAsync(Limit), Is.InstanceOf<SupervisorReport.Empty>());
            }
            else
            {
                Assert.That(first, Is.EqualTo(new SupervisorReport.Failed(StartStep.Ended, 0, Sigkill)));
                ended++;
            }

            Assert.That(await supervisor.ReadAsync(Limit), Is.Null);
        }

        Assert.That(ended, Is.Positive, "the test is worth something");
    }

    [Test]
    public async Task A_supervisor_that_does_nothing_is_killed_when_the_launch_is_cancelled()
    {
        var time = new FakeTimeProvider();
        var launcher = new SupervisedProcessLauncher(Script("idle", "#!/bin/sh\nexec /bin/sleep 1000\n"), time);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Limit);
        var launch = launcher.LaunchAsync(Program("true"), cancellation.Token);

        await cancellation.CancelAsync();
        while (!launch.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.That(async () => await launch, Throws.InstanceOf<OperationCanceledException>());
        // That clock runs faster than a process ends.
        while (ProcFile.Children(Environment.ProcessId).Length > 0) await Task.Yield();
    }

    private static ProcessDescription WithPath(string path, params string[] arguments) =>
        Program(arguments) with { Environment = new Dictionary<string, string> { ["PATH"] = path } };

    private static async Task<string> MessageOfAsync(ProcessDescription description, string? supervisor = null) =>
        (await FailureOfAsync(description, supervisor)).Message;

    private static async Task<ProcessStartException> FailureOfAsync(
        ProcessDescription description, string? supervisor = null)
    {
        var launcher = new SupervisedProcessLauncher(supervisor ?? SupervisorPath, TimeProvider.System);
        var error = await Assert.ThrowsAsync<ProcessStartException>(() => launcher.LaunchAsync(description, Limit));
        Assert.That(ProcFile.Children(Environment.ProcessId), Is.Empty, "nothing is left of it");
        return error!;
    }

    private string Script(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
