using Executor.Core.Hooks;

namespace Executor.Core.Tests.Hooks;

/// <summary>The requests that warm a task up, and those that ask it to stop.</summary>
[CancelAfter(30_000)]
public sealed class WarmUpTests
{
    [Test]
    public async Task Every_path_is_requested_until_it_has_answered_well_as_often_as_asked(CancellationToken cancel)
    {
        var requests = 0;
        await using var server = new HttpFake(_ => (Interlocked.Increment(ref requests) > 3 ? 204 : 503, ""));
        await using var hook = WarmUpHook.Create(Task(server, ("warm-up", "/a /b?c=d"), ("warm-up-count", "5"), ("warm-up-concurrency", "2")))!;

        await hook.WarmUpAsync(cancel);

        Assert.That(server.Count, Is.EqualTo(13));
        var asked = new List<string>();
        for (var i = 0; i < 13; i++) asked.Add((await server.NextAsync(cancel)).Request);
        Assert.That(asked.Take(8), Is.All.EqualTo("GET /a"));
        Assert.That(asked.Skip(8), Is.All.EqualTo("GET /b?c=d"));
    }

    [Test]
    public async Task A_path_that_never_answers_well_is_told_with_what_it_answered(CancellationToken cancel)
    {
        await using var server = new HttpFake(_ => (404, ""));
        await using var hook = WarmUpHook.Create(Task(server, ("warm-up", "/a"), ("warm-up-limit", "300ms")))!;

        Assert.That(
            () => hook.WarmUpAsync(cancel),
            Throws.TypeOf<HookException>().With.Message.Match(
                $@"\Ahttp://127\.0\.0\.1:{server.Port}/a answered 2xx 0 times of 1 within its limit, and not \d+ times: status 404\z"));
    }

    [TestCase("warm-up", "relative")]
    [TestCase("warm-up", " ")]
    [TestCase("warm-up", "/a http://example.org/b")]
    [TestCase("warm-up-count", "0")]
    [TestCase("warm-up-concurrency", "many")]
    public void What_makes_no_sense_is_refused(string label, string value)
    {
        var labels = Hooked.Labels(("warm-up", "/a"));
        labels[label] = value;

        Assert.That(
            () => WarmUpHook.Create(Hooked.Task(labels, Port(80))),
            Throws.TypeOf<InvalidTaskException>().With.Message.StartsWith($"label {label} is \"{value}\": accepted "));
    }

    [Test]
    public async Task A_task_is_asked_to_stop_and_waited_for_as_Thermos_does(CancellationToken cancel)
    {
        await using var server = new HttpFake(_ => (200, ""));
        await using var hook = HttpStopHook.Create(Task(
            server, ("graceful-shutdown-path", "/quitquitquit"), ("shutdown-path", "/abortabortabort"), ("graceful-shutdown-wait", "20ms")))!;

        await hook.BeforeStopAsync(cancel);

        Assert.That((await server.NextAsync(cancel)).Request, Is.EqualTo("POST /quitquitquit"));
        Assert.That((await server.NextAsync(cancel)).Request, Is.EqualTo("POST /abortabortabort"));
    }

    [TestCase("10.0.0.7", "10.0.0.7")]
    [TestCase("fd00::7", "[fd00::7]")]
    [TestCase("web-7.example.org", "web-7.example.org")]
    [TestCase("0.0.0.0", "127.0.0.1")]
    [TestCase("::", "127.0.0.1")]
    [TestCase("", "127.0.0.1")]
    public void A_path_is_on_the_host_that_the_task_was_given(string host, string address)
    {
        var task = Hooked.Task(environment: new Dictionary<string, string> { ["HOST"] = host, ["PORT0"] = "81" });

        Assert.That(TaskAddress.Parse("/a?b", task)?.AbsoluteUri, Is.EqualTo($"http://{address}:81/a?b"));
    }

    [Test]
    public void A_host_that_is_none_is_refused() => Assert.That(
        () => TaskAddress.Parse("/", Hooked.Task(environment: new Dictionary<string, string> { ["HOST"] = "a b", ["PORT0"] = "81" })),
        Throws.TypeOf<InvalidTaskException>().With.Message.EqualTo(
            "HOST of the task's environment is \"a b\": accepted is a host name or an IP address"));

    [Test]
    public void Without_their_labels_there_are_neither()
    {
        Assert.That(WarmUpHook.Create(Hooked.Task()), Is.Null);
        Assert.That(HttpStopHook.Create(Hooked.Task()), Is.Null);
    }

    private static HookedTask Task(HttpFake server, params (string, string)[] labels) =>
        Hooked.Task(Hooked.Labels(labels), Port(server.Port));

    private static Dictionary<string, string> Port(int port) => new() { ["PORT0"] = $"{port}" };
}
