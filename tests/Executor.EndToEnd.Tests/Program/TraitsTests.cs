using System.Globalization;
using System.Runtime.Versioning;
using Executor.Core.Ports;
using Google.Protobuf;
using Mesos;

namespace Executor.EndToEnd.Tests.Program;

/// <summary>What the published executor gives its task: user, limits and the like, and what it tells of its end.</summary>
[TestFixture(DriverKind.Managed)]
[TestFixture(DriverKind.LibmesosNew)]
[TestFixture(DriverKind.LibmesosOld)]
[CancelAfter(30_000)]
[SupportedOSPlatform("linux")]
public sealed class TraitsTests(DriverKind driver)
{
    /// <summary>The executor itself without root's rights.</summary>
    private const string AsNobody = "exec setpriv --reuid=65534 --regid=65534 --clear-groups '{0}'";

    [Test]
    public async Task A_task_runs_as_its_commands_user_and_owns_its_sandbox(CancellationToken limit)
    {
        NeedRoot();
        await using var rig = new AgentRig(driver, limit);
        rig.LetOthersIn();
        rig.LaunchScript("touch made; stat -c %u:%g . made; id -G; echo by its name >> /dev/stdout", task => task.Executor.Command.User = "nobody");

        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);
        Assert.That(await rig.OutputAsync(), Is.EqualTo("65534:65534\n65534:65534\n65534\nby its name\n"));
    }

    [Test]
    public async Task An_executor_that_is_not_root_refuses_another_user_and_says_why(CancellationToken limit)
    {
        NeedRoot();
        await using var rig = new AgentRig(driver, limit);
        rig.LetOthersIn();
        rig.LaunchScript("true", task => task.Executor.Command.User = "daemon", AsNobody);

        await rig.NextStatusAsync(TaskState.TaskStarting);
        var status = await rig.NextStatusAsync(TaskState.TaskFailed);
        Assert.That(
            status.Message,
            Is.EqualTo("cannot run as user \"daemon\": Operation not permitted (EPERM); the executor runs as user \"nobody\" (65534), and only root may switch"));
        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task An_executor_that_is_that_user_already_has_nothing_to_switch(CancellationToken limit)
    {
        NeedRoot();
        await using var rig = new AgentRig(driver, limit);
        rig.LetOthersIn();
        rig.LaunchScript("id -u", task => task.Executor.Command.User = "nobody", AsNobody);

        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);
        Assert.That(await rig.OutputAsync(), Is.EqualTo("65534\n"));
    }

    [Test]
    public async Task A_task_gets_the_limits_and_the_umask_of_the_settings_and_of_its_container(CancellationToken limit)
    {
        await using var rig = Rig(limit, ("EXECUTOR_RLIMITS", "nofile=1000:2000,core=0,fsize=5000000"), ("EXECUTOR_UMASK", "027"));
        rig.LaunchScript("ulimit -Sn; ulimit -Hn; ulimit -c; umask", task => task.Container = new ContainerInfo
        {
            Type = ContainerInfo.Types.Type.Mesos,
            RlimitInfo = new RLimitInfo
            {
                Rlimits = { new RLimitInfo.Types.RLimit { Type = RLimitInfo.Types.RLimit.Types.Type.RlmtNofile, Soft = 500, Hard = 600 } },
            },
        });

        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);
        Assert.That(await rig.OutputAsync(), Is.EqualTo("500\n600\n0\n0027\n"));
    }

    [Test]
    public async Task Limits_that_make_no_sense_are_an_ERROR(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript("true", task => task.Container = new ContainerInfo
        {
            Type = ContainerInfo.Types.Type.Mesos,
            RlimitInfo = new RLimitInfo
            {
                Rlimits = { new RLimitInfo.Types.RLimit { Type = RLimitInfo.Types.RLimit.Types.Type.RlmtCore, Soft = 1 } },
            },
        });

        var status = await rig.NextStatusAsync(TaskState.TaskError);
        Assert.That(status.Message, Is.EqualTo("RLimitInfo: core has only one of soft and hard"));
        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task Without_any_setting_a_task_gets_what_the_agent_gave(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript(
            "ulimit -Sn; ulimit -Hn; umask", _ => { }, "ulimit -Sn 800; ulimit -Hn 900; umask 037; exec '{0}'");

        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);
        Assert.That(await rig.OutputAsync(), Is.EqualTo("800\n900\n0037\n"));
    }

    [Test]
    public async Task The_oom_score_of_the_executor_is_not_that_of_its_task(CancellationToken limit)
    {
        await using var rig = Rig(limit, ("EXECUTOR_OOM_SCORE_ADJ", "300"));
        rig.LaunchScript(
            "cat /proc/self/oom_score_adj /proc/$PPID/oom_score_adj", _ => { },
            "echo 100 > /proc/self/oom_score_adj; exec '{0}'");

        await rig.ExpectRunningAsync();
        await rig.NextStatusAsync(TaskState.TaskFinished);
        await rig.ExpectExitAsync(0);
        Assert.That(await rig.OutputAsync(), Is.EqualTo("100\n300\n"));
    }

    [Test]
    public async Task A_sidecar_is_spared_from_SIGTERM_and_ends_with_SIGKILL(CancellationToken limit)
    {
        await using var rig = Rig(limit, ("EXECUTOR_SIGTERM_EXCLUDE", "sidecar"));
        rig.LaunchScript(
            "trap 'exit 0' TERM; cp /bin/sh sidecar; ./sidecar -c 'trap \"echo term > term\" TERM; echo $$ > sidecar.pid; while :; do sleep 0.1; done' & "
            + "while :; do sleep 0.1; done",
            graceSeconds: 1);
        await rig.ExpectRunningAsync();
        var sidecar = int.Parse(await rig.LineOfAsync("sidecar.pid"), CultureInfo.InvariantCulture);

        rig.Agent.KillTask("task");

        await rig.NextStatusAsync(TaskState.TaskKilling);
        var status = await rig.NextStatusAsync(TaskState.TaskKilled);
        Assert.That(status.Message, Does.Contain("exited with status 0").And.Contain(", after the grace period was over (user "));
        Assert.That(File.Exists(Path.Combine(rig.Sandbox, "term")), Is.False);
        Assert.That(AgentRig.IsAlive(sidecar), Is.False);
        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task A_variable_too_long_for_the_kernel_FAILED_and_is_named_without_its_value(CancellationToken limit)
    {
        var command = new CommandInfo { Value = "true", Environment = new Mesos.Environment() };
        command.Environment.Variables.Add(new Mesos.Environment.Types.Variable { Name = "BIG", Value = new string('x', 200_000) });
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchWithData(command.ToByteString());

        await rig.NextStatusAsync(TaskState.TaskStarting);
        var status = await rig.NextStatusAsync(TaskState.TaskFailed);
        Assert.That(
            status.Message,
            Does.EndWith("(E2BIG): environment variable \"BIG\" takes 200005 bytes, and the kernel accepts 131072 for one"));
        await rig.ExpectExitAsync(0);
    }

    [Test]
    public async Task What_a_task_used_is_in_its_last_status_and_in_the_log(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript("exit 3");

        await rig.ExpectRunningAsync();
        var status = await rig.NextStatusAsync(TaskState.TaskFailed);
        const string text = @"the command exited with status 3 \(user \d+\.\d\d s, system \d+\.\d\d s, peak \d+\.\d MiB\)";
        Assert.That(status.Message, Does.Match($@"\A{text}\z"));
        await rig.ExpectExitAsync(0);
        Assert.That(await rig.ErrorsAsync(), Does.Match($"info task task: TASK_FAILED: {text}"));
    }

    [Test]
    public async Task A_killed_supervisor_is_told_of_and_nothing_of_its_tree_is_left(CancellationToken limit)
    {
        await using var rig = new AgentRig(driver, limit);
        rig.LaunchScript("(setsid sh -c 'trap \"\" TERM; echo $$ > daemon.pid; exec sleep 1000' &); echo $PPID > supervisor.pid; sleep 1000");
        await rig.ExpectRunningAsync();
        var daemon = int.Parse(await rig.LineOfAsync("daemon.pid"), CultureInfo.InvariantCulture);
        var supervisor = int.Parse(await rig.LineOfAsync("supervisor.pid"), CultureInfo.InvariantCulture);

        AgentRig.SendSignal(supervisor, Signals.Kill);

        var status = await rig.NextStatusAsync(TaskState.TaskFailed);
        Assert.That(
            status.Message,
            Is.EqualTo("how the command ended is unknown: its supervisor was ended by signal SIGKILL (9), and its processes were killed"));
        Assert.That(AgentRig.IsAlive(daemon), Is.False);
        await rig.ExpectExitAsync(0);
    }

    private static void NeedRoot() =>
        Assume.That(System.Environment.UserName, Is.EqualTo("root"), "only root can switch users");

    private AgentRig Rig(CancellationToken limit, params (string Name, string Value)[] settings)
    {
        var environment = driver.Settings();
        foreach (var (name, value) in settings) environment[name] = value;
        return new AgentRig(driver, limit, o => o with { ExecutorEnvironment = environment });
    }
}
