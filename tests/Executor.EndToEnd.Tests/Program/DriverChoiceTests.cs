using System.Text.RegularExpressions;
using Executor.Libprocess;
using Mesos;

namespace Executor.EndToEnd.Tests.Program;

/// <summary>Which driver the published executor takes, what it says of it, and what only one of them can do.</summary>
[CancelAfter(30_000)]
public sealed class DriverChoiceTests
{
    [Test]
    public async Task The_executor_stays_until_its_last_update_is_acknowledged(CancellationToken limit)
    {
        await using var rig = new AgentRig(DriverKind.Managed, limit);
        rig.Agent.HoldAcknowledgements();
        rig.Launch("true");
        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        Assert.That(AgentRig.IsAlive(rig.ExecutorPid), Is.True);

        rig.Agent.ReleaseAcknowledgements();

        await rig.ExpectExitAsync(0);
    }

    [TestCase("new", "1.8 to 1.11", "C++11")]
    [TestCase("old", "0.22 to 0.28", "copy-on-write")]
    public async Task A_libmesos_that_a_variable_names_is_taken(
        string variant, string versions, string strings, CancellationToken limit)
    {
        var library = Built.Program($"standin/libmesos-{variant}.so");
        await using var rig = Rig(limit, ("EXECUTOR_DRIVER", "auto"), ("MESOS_NATIVE_LIBRARY", library));
        rig.Launch("true");

        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);
        Assert.That(
            await rig.ErrorsAsync(),
            Does.Contain($"driver libmesos: {library}, {versions}, with {strings} strings, from MESOS_NATIVE_LIBRARY"));
    }

    [Test]
    public async Task Where_no_libmesos_is_found_the_managed_driver_is_taken_and_every_path_told(CancellationToken limit)
    {
        await using var rig = Rig(
            limit, ("EXECUTOR_LIBMESOS", "/no/such/a.so"), ("MESOS_NATIVE_LIBRARY", "/no/such/b.so"),
            ("MESOS_NATIVE_JAVA_LIBRARY", "/no/such/c.so"));
        rig.Launch("true");

        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);
        var line = (await rig.ErrorsAsync()).Split('\n').Single(l => l.Contains("driver managed", StringComparison.Ordinal));
        string[] paths =
            ["/no/such/a.so", "/no/such/b.so", "/no/such/c.so", "libmesos.so", "/usr/lib/libmesos.so", "/usr/local/lib/libmesos.so"];
        foreach (var path in paths) Assert.That(line, Does.Contain($" {path} "));
    }

    [Test]
    public async Task An_unusable_libmesos_is_a_warning_under_auto_and_the_task_runs(CancellationToken limit)
    {
        await using var rig = Rig(limit, ("EXECUTOR_LIBMESOS", Built.Program("standin/libmesos-incomplete.so")));
        rig.Launch("true");

        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);
        Assert.That(
            await rig.ErrorsAsync(),
            Does.Match("warn driver managed: .*libmesos-incomplete.so: lacks MesosExecutorDriver::sendStatusUpdate"));
    }

    [TestCase("info registered", "EXECUTOR_DRIVER=managed")]
    [TestCase("warn driver managed: /etc/passwd cannot be used without libexecutor_bridge.so", "EXECUTOR_LIBMESOS=/etc/passwd")]
    [TestCase("libmesos.so (the loader's path: not searched without libexecutor_bridge.so), /usr/lib/libmesos.so", "EXECUTOR_DRIVER=auto")]
    public async Task Without_the_bridge_the_managed_driver_runs(string log, string setting, CancellationToken limit)
    {
        var folder = Directory.CreateTempSubdirectory("executor-e2e-");
        try
        {
            foreach (var program in new[] { "executor", "task-supervisor" })
                File.Copy(Built.Program(program), Path.Combine(folder.FullName, program));
            var (name, value) = (setting.Split('=')[0], setting.Split('=')[1]);
            await using var rig = Rig(Path.Combine(folder.FullName, "executor"), limit, (name, value));
            rig.Launch("true");

            await rig.ExpectRunningAsync();
            await rig.NextStatusAsync(TaskState.TaskFinished);
            await rig.ExpectExitAsync(0);
            Assert.That(await rig.ErrorsAsync(), Does.Contain(log));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestCase("/no/such/libmesos.so", "no libmesos was found")]
    [TestCase("/etc/passwd", "/etc/passwd: not a shared library")]
    public async Task An_unusable_libmesos_ends_the_executor_where_libmesos_is_demanded(
        string library, string text, CancellationToken limit)
    {
        await using var rig = Rig(limit, ("EXECUTOR_DRIVER", "libmesos"), ("EXECUTOR_LIBMESOS", library));
        rig.Launch("true");

        var exited = await rig.NextAsync<AgentEvent.ExecutorExited>();
        Assert.That(exited.Exit?.Code, Is.EqualTo(1));
        Assert.That(await rig.ErrorsAsync(), Does.Contain($"EXECUTOR_DRIVER is libmesos: {text}"));
    }

    [TestCase("LIBPROCESS_IP", "::1", "accepted by libmesos is IPv4")]
    [TestCase("LIBPROCESS_IP", "192.0.2.1", "cannot listen on 192.0.2.1:0")]
    [TestCase("MESOS_SLAVE_PID", "slave(1)", "MESOS_SLAVE_PID is \"slave(1)\"")]
    [TestCase("MESOS_EXECUTOR_ID", "", "MESOS_EXECUTOR_ID is not set")]
    [TestCase("MESOS_LOGBUFSECS", "abc", "the driver did not start: ")]
    public async Task What_libmesos_would_end_the_process_for_is_refused_in_one_line(
        string name, string value, string text, CancellationToken limit)
    {
        await using var rig = new AgentRig(DriverKind.LibmesosNew, limit);
        rig.LaunchWithVariable(name, value);

        var exited = await rig.NextAsync<AgentEvent.ExecutorExited>();
        Assert.That(exited.Exit?.Code, Is.EqualTo(1));
        Assert.That(await rig.ErrorsAsync(), Does.Match("(?m)^executor: .*" + Regex.Escape(text)));
    }

    [Test]
    public async Task A_driver_before_1_0_is_left_before_its_five_seconds_whatever_the_agent_grants(CancellationToken limit)
    {
        await using var rig = new AgentRig(
            DriverKind.LibmesosOld, limit, o => o with { ExecutorShutdownGrace = TimeSpan.FromSeconds(20) });
        rig.LaunchScript("trap '' TERM; echo > ready; while :; do sleep 1; done", graceSeconds: 1000);
        await rig.ExpectRunningAsync();
        await rig.LineOfAsync("ready");

        rig.Agent.ShutdownExecutor("executor");

        await rig.NextStatusAsync(TaskState.TaskKilling);
        await rig.NextStatusAsync(TaskState.TaskKilled);
        await rig.ExpectExitAsync(0);
    }

    /// <summary>Its C++ runtime is the system's, that of the bridge its own: an exception has to stop between them.</summary>
    [Test]
    public async Task An_exception_of_libmesos_is_told_in_one_line(CancellationToken limit)
    {
        var library = Built.Program("standin/libmesos-throwing.so");
        await using var rig = Rig(
            limit, ("EXECUTOR_DRIVER", "libmesos"), ("EXECUTOR_LIBMESOS", library), ("THROW_AT_START", "1"));
        rig.Launch("true");

        var exited = await rig.NextAsync<AgentEvent.ExecutorExited>();
        Assert.That(exited.Exit?.Code, Is.EqualTo(1));
        Assert.That(await rig.ErrorsAsync(), Does.Contain($"executor: {library}: the driver did not start: Exception"));
    }

    private static AgentRig Rig(CancellationToken limit, params (string Name, string Value)[] environment) =>
        Rig(Built.Program("executor"), limit, environment);

    private static AgentRig Rig(
        string executor, CancellationToken limit, params (string Name, string Value)[] environment) =>
        new(DriverKind.Managed, limit, o => o with
        {
            ExecutorEnvironment = environment.ToDictionary(v => v.Name, v => v.Value),
        })
        { Executor = executor };
}
