using System.Text.Json;
using Executor.Core.Hooks;
using Executor.Core.Processes;
using Executor.Core.Tests.Processes;
using NLog;

namespace Executor.Core.Tests.Hooks;

/// <summary>Programs and HTTP servers that are asked at a stage.</summary>
internal sealed class ExternalHookTests : ProcessTests
{
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("executor-hooks-");

    [TearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    [Test]
    public async Task A_program_reads_who_the_task_is_and_answers_variables()
    {
        var variables = await AskAsync("cat > told; echo '{\"env\":{\"A\":\"b c\",\"N\":1.50,\"T\":true}}'");

        Assert.That(variables, Is.EqualTo(new Dictionary<string, string> { ["A"] = "b c", ["N"] = "1.50", ["T"] = "true" }));
        var told = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "told"), Limit)).RootElement;
        Assert.That(told.GetProperty("version").GetInt32(), Is.EqualTo(1));
        Assert.That(told.GetProperty("stage").GetString(), Is.EqualTo("before-start"));
        Assert.That(told.GetProperty("task").GetProperty("id").GetString(), Is.EqualTo("shop_cart.1"));
        Assert.That(told.GetProperty("task").GetProperty("labels").GetProperty("team").GetString(), Is.EqualTo("checkout"));
    }

    [TestCase("exit 0")]
    [TestCase("exec < /dev/null; echo; exit 0")]
    public async Task A_program_need_neither_read_nor_answer(string script) => Assert.That(await AskAsync(script), Is.Empty);

    [TestCase("echo '{\"fail\":\"no licence left\"}'", "no licence left")]
    [TestCase("exit 7", "it exited with status 7")]
    [TestCase("kill -SEGV $$", "it was ended by signal SIGSEGV (11)")]
    [TestCase("echo password=1234", "its answer of 14 bytes is no JSON: accepted is nothing, or a JSON object with env and fail")]
    [TestCase("echo '[]'", "its answer is a JSON Array: accepted is nothing, or a JSON object with env and fail")]
    [TestCase("echo '{\"environment\":{}}'", "its answer has a member \"environment\": accepted is nothing, or a JSON object with env and fail")]
    [TestCase("echo '{\"env\":{\"A=B\":\"\"}}'", "env in its answer has the name \"A=B\": a name is not empty, without = and NUL")]
    [TestCase("echo '{\"env\":{\"A\":null}}'", "A of env in its answer is a JSON Null, or holds a NUL: accepted is a text, a number or a boolean")]
    [TestCase("yes", "its answer is longer than 1048576 bytes")]
    [TestCase("printf '{\"fail\":\"a\\\\nb\"}'", "a b")]
    [TestCase("printf '{\"fail\":\"\\\\ud800\"}'", "its answer of 17 bytes is no JSON: accepted is nothing, or a JSON object with env and fail")]
    public void What_goes_wrong_is_one_error_without_what_was_answered(string script, string error) =>
        Assert.That(() => AskAsync(script), Throws.TypeOf<HookException>().With.Message.EqualTo(error));

    [Test]
    public void A_long_reason_is_cut() => Assert.That(
        () => AskAsync("printf '{\"fail\":\"'; head -c 100000 /dev/zero | tr '\\0' x; printf '\"}'"),
        Throws.TypeOf<HookException>().With.Message.EqualTo($"{new string('x', 500)}…"));

    [Test]
    public async Task A_server_that_answers_too_much_is_an_error_in_words()
    {
        await using var server = new HttpFake(_ => (200, new string(' ', (1024 * 1024) + 1)));
        await using var hook = FromLabels(Hooked.Task(Hooked.Labels(("hook-announce", $"http://127.0.0.1:{server.Port}/"))))!;

        Assert.That(
            () => hook.AnnounceAsync(Limit),
            Throws.TypeOf<HookException>().With.Message.EqualTo($"http://127.0.0.1:{server.Port}/: its answer is longer than 1048576 bytes"));
    }

    [Test]
    public void Variables_come_too_late_after_the_start() => Assert.That(
        () => AskAsync("echo '{\"env\":{}}'", HookStage.Announce),
        Throws.TypeOf<HookException>().With.Message.EqualTo("env in its answer comes too late: it is accepted at before-start only"));

    [Test]
    public async Task A_program_that_hangs_is_ended_with_all_that_it_started()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Limit);
        var asking = AskAsync("(setsid sleep 1000 &) ; echo $$ > pid; exec sleep 1000", HookStage.BeforeStart, limit.Token);
        var pid = await PidAsync();

        await limit.CancelAsync();

        Assert.That(() => asking, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Directory.Exists($"/proc/{pid}"), Is.False);
    }

    [Test]
    public async Task What_a_program_leaves_behind_is_ended_and_not_waited_for()
    {
        await AskAsync("sleep 1000 & echo $! > pid");

        Assert.That(Directory.Exists($"/proc/{await PidAsync()}"), Is.False);
    }

    [Test]
    public async Task A_label_may_name_a_server_on_a_port_of_the_task()
    {
        await using var server = new HttpFake(_ => (200, "{\"env\":{\"A\":\"b\"}}"));
        var task = Hooked.Task(
            Hooked.Labels(("hook-before-start", "http://:PORT0/prepare?x=1")),
            new Dictionary<string, string> { ["PORT0"] = $"{server.Port}" });
        await using var hook = FromLabels(task)!;

        Assert.That(await hook.BeforeStartAsync(Limit), Contains.Key("A"));

        var (request, body) = await server.NextAsync(Limit);
        Assert.That(request, Is.EqualTo("POST /prepare?x=1"));
        Assert.That(JsonDocument.Parse(body).RootElement.GetProperty("stage").GetString(), Is.EqualTo("before-start"));
    }

    [Test]
    public async Task A_server_that_says_no_is_an_error_without_its_query()
    {
        await using var server = new HttpFake(_ => (503, "later"));
        var task = Hooked.Task(Hooked.Labels(("hook-announce", $"http://127.0.0.1:{server.Port}/up?token=1234")));
        await using var hook = FromLabels(task)!;

        Assert.That(
            () => hook.AnnounceAsync(Limit),
            Throws.TypeOf<HookException>().With.Message.EqualTo($"http://127.0.0.1:{server.Port}/up answered 503"));
    }

    [TestCase("exit 1", "announce,withdraw")]
    [TestCase("exit 0", "announce,later-announce,later-withdraw,withdraw")]
    public async Task What_announces_is_followed_by_what_withdraws_also_where_it_fails(string end, string asked)
    {
        var path = Path.Combine(_folder.FullName, "hook");
        await File.WriteAllTextAsync(path, $"cd {_folder.FullName}\necho $1 >> told\n[ $1 = announce ] || exit 0\n{end}\n", Limit);
        var task = Hooked.Task(Hooked.Labels(("hook-announce", $"exec:sh {path} later-announce"), ("hook-withdraw", $"exec:sh {path} later-withdraw")));
        var hooks = Factories(("EXECUTOR_HOOK_ANNOUNCE", $"exec:/bin/sh {path} announce"), ("EXECUTOR_HOOK_WITHDRAW", $"exec:/bin/sh {path} withdraw"))
            .Select(factory => factory(task)!);
        await using var pipeline = new HookPipeline(
            "task", [.. hooks], new HookLimits(), new HookCounts(), TimeProvider.System, LogManager.CreateNullLogger());

        Assert.That(
            await pipeline.AnnounceAsync(Limit),
            end == "exit 1" ? Is.EqualTo("hook EXECUTOR_HOOK_ANNOUNCE failed at announce: it exited with status 1") : Is.Null);
        await pipeline.WithdrawAsync(Limit);

        Assert.That(await File.ReadAllLinesAsync(Path.Combine(_folder.FullName, "told"), Limit), Is.EquivalentTo(asked.Split(',')));
    }

    [TestCase("http://example.org/x")]
    [TestCase("http://example.org:80/x")]
    [TestCase("http://10.0.0.1:80/x")]
    [TestCase("http://127.0.0.1:80@example.org/x")]
    [TestCase("http://:PORT7/x")]
    [TestCase("http://:70000/x")]
    [TestCase("file:///etc/passwd")]
    [TestCase("exec:")]
    public void A_label_cannot_make_the_executor_speak_to_anybody_else(string value)
    {
        var task = Hooked.Task(Hooked.Labels(("hook-warm-up", value)));

        Assert.That(
            () => FromLabels(task),
            Throws.TypeOf<InvalidTaskException>().With.Message.StartsWith($"label hook-warm-up is \"{value}\": accepted is exec:program"));
    }

    [TestCase("exec:relative")]
    [TestCase("exec:")]
    [TestCase("ftp://host/")]
    [TestCase("http://user:password@host/")]
    [TestCase("/usr/bin/hook")]
    public void A_setting_that_names_neither_is_refused(string value)
    {
        var environment = new Dictionary<string, string> { ["EXECUTOR_HOOK_WITHDRAW"] = value };

        Assert.That(AllSettings.TryRead(environment, out _, out var error), Is.False);
        Assert.That(error, Is.EqualTo(
            $"EXECUTOR_HOOK_WITHDRAW is \"{value}\": accepted: exec:/path arguments, or an http:// or https:// address"));
    }

    /// <summary>Asks a script, which runs in the folder.</summary>
    private async Task<IReadOnlyDictionary<string, string>> AskAsync(
        string script, HookStage stage = HookStage.BeforeStart, CancellationToken? limit = null)
    {
        var path = Path.Combine(_folder.FullName, "hook");
        await File.WriteAllTextAsync(path, $"cd {_folder.FullName}\n{script}\n", Limit);
        var label = $"hook-{HookStages.NameOf(stage)}";
        await using var hook = FromLabels(Hooked.Task(Hooked.Labels((label, $"exec:sh {path}"), ("team", "checkout"))))!;
        if (stage == HookStage.BeforeStart) return await hook.BeforeStartAsync(limit ?? Limit);
        await hook.AnnounceAsync(limit ?? Limit);
        return new Dictionary<string, string>();
    }

    private static TaskHook? FromLabels(HookedTask task) => Factories()[1](task);

    /// <summary>What makes the hooks of settings, and that of labels.</summary>
    private static IReadOnlyList<HookFactory> Factories(params (string Name, string Value)[] environment)
    {
        Assert.That(AllSettings.TryRead(environment.ToDictionary(one => one.Name, one => one.Value), out var settings, out _));
        return ExternalHooks.Factories(settings!, new SupervisedProcessLauncher(SupervisorPath, TimeProvider.System));
    }

    private async Task<string> PidAsync()
    {
        var file = Path.Combine(_folder.FullName, "pid");
        while (!File.Exists(file) || !(await File.ReadAllTextAsync(file, Limit)).EndsWith('\n'))
        {
            Limit.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        return (await File.ReadAllTextAsync(file, Limit)).Trim();
    }
}
