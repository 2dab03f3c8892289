using System.Runtime.Versioning;
using Executor.Core.Ports;
using Executor.Core.Processes;

namespace Executor.Core.Tests.Processes;

/// <summary>Users, limits and whatever else a process is given before it is the program. Switching takes root.</summary>
[SupportedOSPlatform("linux")]
internal sealed class UserTests : ProcessTests
{
    private const uint Nobody = 65534;

    [SetUp]
    public void NeedRoot() => Assume.That(Libc.EffectiveUser(), Is.Zero, "only root can switch users");

    [Test]
    public async Task The_program_runs_as_the_user_with_that_users_groups_only()
    {
        var status = await OutputOfAsync(Program("cat", "/proc/self/status") with { User = "nobody" });

        Assert.That(ProcFile.StatusValue(status, "Uid"), Is.EqualTo("65534\t65534\t65534\t65534"));
        Assert.That(ProcFile.StatusValue(status, "Gid"), Is.EqualTo("65534\t65534\t65534\t65534"));
        Assert.That(ProcFile.StatusValue(status, "Groups"), Is.EqualTo("65534"));
        Assert.That(ProcFile.StatusValue(status, "CapEff"), Is.EqualTo("0000000000000000"));
    }

    [Test]
    public async Task Supplementary_groups_are_set()
    {
        using var output = new Output();
        using var supervisor = new RawSupervisor(SupervisorPath, output);
        supervisor.SendRaw(SupervisorFrames.EncodeStart(
            Program("id", "-G"), new Account(Nobody, Nobody, [Nobody, 4, 70000]))!);

        Assert.That(await output.ReadToEndAsync(Limit), Is.EqualTo("65534 4 70000\n"));
    }

    [Test]
    public async Task The_groups_are_those_that_the_system_knows()
    {
        var account = Account.Other("nobody")!;

        Assert.That(string.Join(' ', account.Groups) + "\n", Is.EqualTo(await OutputOfAsync(Program("id", "-G", "nobody"))));
    }

    [Test]
    public async Task A_user_that_this_process_is_already_is_no_switch() =>
        Assert.That(await OutputOfAsync(Program("id", "-u") with { User = "root" }), Is.EqualTo("0\n"));

    [Test]
    public async Task An_unknown_user_is_named()
    {
        var error = await Assert.ThrowsAsync<ProcessStartException>(() => LaunchAsync(Program("id") with { User = "no-such-user" }));

        Assert.That(error!.Step, Is.EqualTo("user"));
        Assert.That(error.Message, Is.EqualTo("cannot run as user \"no-such-user\": there is no such user on this host"));
    }

    [Test]
    public async Task Who_is_not_root_cannot_switch()
    {
        using var folder = new Folder();
        var unprivileged = folder.Script(
            "as-nobody", $"exec /usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups '{SupervisorPath}'");
        using var output = new Output();
        using var supervisor = new RawSupervisor(unprivileged, output);
        var description = Program("true") with { User = "daemon" };
        supervisor.SendRaw(SupervisorFrames.EncodeStart(description, Account.Other("daemon"))!);

        var failed = (SupervisorReport.Failed)(await supervisor.ReadAsync(Limit))!;
        Assert.That(failed, Is.EqualTo(new SupervisorReport.Failed(StartStep.User, 1)));
        Assert.That(
            StartErrors.From(failed, description).Message,
            Does.StartWith("cannot run as user \"daemon\": Operation not permitted (EPERM); the executor runs as user "));
    }

    [Test]
    public async Task The_directory_is_handed_over_where_it_is_ours()
    {
        using var folder = new Folder();
        var description = Sh("touch made && stat -c %u . made") with
        {
            WorkingDirectory = folder.Path,
            User = "nobody",
            HandOverDirectory = true,
        };

        Assert.That(await OutputOfAsync(description), Is.EqualTo("65534\n65534\n"));
    }

    [Test]
    public async Task A_directory_that_the_user_may_not_enter_is_named_with_the_user()
    {
        using var folder = new Folder();
        var description = Program("true") with { WorkingDirectory = folder.Path, User = "nobody" };

        var error = await Assert.ThrowsAsync<ProcessStartException>(() => LaunchAsync(description));

        Assert.That(
            error!.Message,
            Is.EqualTo($"cannot enter \"{folder.Path}\" as user \"nobody\": Permission denied (EACCES)"));
    }

    [Test]
    public async Task The_leader_dies_with_its_supervisor_as_another_user_too()
    {
        await using var process = await LaunchAsync(Program("sleep", "1000") with { User = "nobody" });

        _ = Libc.Kill(ProcFile.Parent(process.Pid), Sigkill);

        await process.TreeEmpty.WaitAsync(Limit);
        Assert.That(File.Exists($"/proc/{process.Pid}/stat"), Is.False);
    }

    [Test]
    public async Task Another_users_processes_are_signalled()
    {
        await using var process = await LaunchAsync(Program("sleep", "1000") with { User = "nobody" });

        process.Signal(Sigterm);

        Assert.That((await process.LeaderExit.WaitAsync(Limit)).Signal, Is.EqualTo(Sigterm));
    }

    [Test]
    public async Task Limits_are_set()
    {
        Assert.That(ResourceLimit.TryParse("nofile=1000:2000,core=0,stack=unlimited,nproc=2345:6789", out var limits, out _));

        var output = await OutputOfAsync(Program("cat", "/proc/self/limits") with { Limits = limits!, User = "nobody" });

        Assert.That(output, Does.Match("Max open files +1000 +2000 "));
        Assert.That(output, Does.Match("Max core file size +0 +0 "));
        Assert.That(output, Does.Match("Max stack size +unlimited +unlimited "));
        Assert.That(output, Does.Match("Max processes +2345 +6789 "));
    }

    [Test]
    public async Task Every_limit_has_its_name()
    {
        // Those that bytes and seconds are counted in, above what the program needs; the others below what root has
        // even in a container. Of nice and rtprio it has none.
        var limits = ResourceLimit.Names.Where(name => name is not ("nice" or "rtprio")).Select((name, i) =>
            new ResourceLimit(name, Least(name) + (ulong)i, Least(name) + (ulong)i)).ToList();

        var output = await OutputOfAsync(Program("cat", "/proc/self/limits") with { Limits = limits });

        (string Text, string Name)[] lines =
        [
            ("Max cpu time", "cpu"), ("Max file size", "fsize"), ("Max data size", "data"), ("Max stack size", "stack"),
            ("Max core file size", "core"), ("Max resident set", "rss"), ("Max processes", "nproc"),
            ("Max open files", "nofile"),
            ("Max locked memory", "memlock"), ("Max address space", "as"), ("Max file locks", "locks"),
            ("Max pending signals", "sigpending"), ("Max msgqueue size", "msgqueue"), ("Max realtime timeout", "rttime"),
        ];
        foreach (var (text, name) in lines)
            Assert.That(output, Does.Match($"{text} +{limits.Single(l => l.Name == name).Soft} "), name);

        static ulong Least(string name) =>
            name is "nproc" or "nofile" or "sigpending" or "msgqueue" or "memlock" ? 1000UL : 1UL << 30;
    }

    [TestCase(0x3f, "0077\n")]
    [TestCase(0, "0000\n")]
    public async Task The_umask_is_set(int umask, string expected) =>
        Assert.That(await OutputOfAsync(Sh("umask") with { Umask = umask }), Is.EqualTo(expected));

    [Test]
    public async Task The_oom_score_is_set_and_the_supervisor_keeps_its_own()
    {
        await using var process = await LaunchAsync(Program("sleep", "1000") with { OomScoreAdjustment = 321, User = "nobody" });

        Assert.That(OomScoreOf(process.Pid), Is.EqualTo("321\n"));
        Assert.That(OomScoreOf(ProcFile.Parent(process.Pid)), Is.EqualTo(OomScoreOf(Environment.ProcessId)));

        static string OomScoreOf(int pid) => File.ReadAllText($"/proc/{pid}/oom_score_adj");
    }
}
