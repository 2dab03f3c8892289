using System.Net;
using Executor.Core.Hooks;
using Executor.Core.Tests.Hooks;
using Executor.Core.Tests.Lifecycle;

namespace Executor.Core.Tests.Discovery.HaProxy;

/// <summary>A task's slot in a real HAProxy, through the task's life.</summary>
internal sealed class HaProxyHookTests : HaProxyTests
{
    [Test]
    public async Task A_task_is_served_while_it_is_announced_and_leaves_a_free_slot_behind()
    {
        await using var haproxy = await StartAsync(slots: 1);
        await using var task = new HttpFake(_ => (200, "hello"));
        await using var hook = Hook(haproxy.UnixAddress, task.Port)!;

        await hook.AnnounceAsync(Limit);
        Assert.That(await haproxy.Client.GetStringAsync(Url(task), Limit), Is.EqualTo("hello"));

        await hook.WithdrawAsync(Limit);
        Assert.That(await haproxy.SlotsAsync(Limit), Is.EqualTo([$"127.0.0.1:{task.Port} drain"]));
        Assert.That(await StatusAsync(haproxy, task), Is.EqualTo(HttpStatusCode.ServiceUnavailable));

        await hook.AfterExitAsync(Limit);
        Assert.That(await haproxy.SlotsAsync(Limit), Is.EqualTo(["free"]));
    }

    [TestCase("drain")]
    [TestCase("maint")]
    public async Task A_withdrawal_waits_for_no_request_and_breaks_none(string state)
    {
        using var answer = new ManualResetEventSlim();
        await using var haproxy = await StartAsync(slots: 1);
        await using var task = new HttpFake(_ =>
        {
            answer.Wait(Limit);
            return (200, "done");
        });
        await using var hook = Hook(haproxy.UnixAddress, task.Port, withdraw: state)!;
        await hook.AnnounceAsync(Limit);
        var underWay = haproxy.Client.GetStringAsync(Url(task), Limit);
        await task.NextAsync(Limit);

        await hook.WithdrawAsync(Limit);
        Assert.That(await haproxy.SlotsAsync(Limit), Is.EqualTo([$"127.0.0.1:{task.Port} {state}"]));
        Assert.That(await StatusAsync(haproxy, task), Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        await hook.AfterExitAsync(Limit);
        Assert.That(underWay.IsCompleted, Is.False);
        answer.Set();

        Assert.That(await underWay, Is.EqualTo("done"));
    }

    [Test]
    public async Task An_unhealthy_task_gets_no_traffic_until_it_is_healthy_again()
    {
        await using var haproxy = await StartAsync();
        await using var hook = Hook(haproxy.UnixAddress, 8080)!;
        await hook.AnnounceAsync(Limit);

        hook.OnHealthChanged(false);
        await haproxy.UntilSlotAsync("127.0.0.1:8080 drain", Limit);
        hook.OnHealthChanged(true);

        await haproxy.UntilSlotAsync("127.0.0.1:8080 ready", Limit);
    }

    [Test]
    public async Task A_HAProxy_that_was_restarted_is_told_again()
    {
        var time = new WatchedTime();
        await using var haproxy = await StartAsync();
        await using var hook = Hook(haproxy.UnixAddress, 8080, time: time)!;
        await hook.AnnounceAsync(Limit);
        await time.WaitForTimerOfAsync(TimeSpan.FromSeconds(10), Limit);

        await haproxy.RestartAsync(Limit);
        Assert.That(await haproxy.SlotsAsync(Limit), Is.All.EqualTo("free"));
        time.Advance(TimeSpan.FromSeconds(10));

        await haproxy.UntilSlotAsync("127.0.0.1:8080 ready", Limit);
    }

    [Test]
    public async Task Every_HAProxy_is_told()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        await using var hook = Hook($"{one.UnixAddress},{other.TcpAddress}", 8080)!;

        await hook.AnnounceAsync(Limit);
        foreach (var haproxy in new[] { one, other })
            Assert.That(await haproxy.SlotsAsync(Limit), Has.One.EqualTo("127.0.0.1:8080 ready"));
        await hook.WithdrawAsync(Limit);

        foreach (var haproxy in new[] { one, other })
            Assert.That(await haproxy.SlotsAsync(Limit), Has.One.EqualTo("127.0.0.1:8080 drain"));
    }

    [Test]
    public async Task A_HAProxy_that_is_away_keeps_nothing_from_the_others()
    {
        await using var haproxy = await StartAsync();
        await using var hook = Hook($"{haproxy.UnixAddress},unix:/no/such.sock", 8080)!;
        const string trouble = "HAProxy unix:/no/such.sock: show servers state web: No such file or directory";
        using var stage = CancellationTokenSource.CreateLinkedTokenSource(Limit);
        var announcing = hook.AnnounceAsync(stage.Token);
        await haproxy.UntilSlotAsync("127.0.0.1:8080 ready", Limit);
        while (hook.Trouble != trouble) await Task.Yield();
        await stage.CancelAsync();
        Assert.That(async () => await announcing, Throws.InstanceOf<OperationCanceledException>());

        Assert.That(
            () => hook.WithdrawAsync(Limit),
            Throws.TypeOf<HookException>().With.Message.EqualTo(trouble));
        Assert.That(await haproxy.SlotsAsync(Limit), Has.One.EqualTo("127.0.0.1:8080 drain"));
    }

    [TestCase("localhost", "127.0.0.1")]
    [TestCase("::1", "[::1]")]
    public async Task Names_are_resolved_and_IPv6_is_told(string address, string shown)
    {
        await using var haproxy = await StartAsync();
        await using var hook = Hook(haproxy.UnixAddress, 8080, address: address, label: "web/slot-:admin")!;

        await hook.AnnounceAsync(Limit);

        Assert.That(await haproxy.SlotsAsync(Limit), Has.One.EqualTo($"{shown}:8081 ready"));
    }

    [Test]
    public async Task A_name_that_cannot_be_resolved_now_is_tried_again()
    {
        await using var haproxy = await StartAsync();
        var tries = 0;
        await using var hook = Hook(haproxy.UnixAddress, 8080, resolve: (_, _, _) => ++tries == 1
            ? throw new UnavailableException("no name server")
            : Task.FromResult(IPAddress.Loopback))!;

        await hook.AnnounceAsync(Limit);

        Assert.That(await haproxy.SlotsAsync(Limit), Has.One.EqualTo("127.0.0.1:8080 ready"));
        Assert.That(hook.Trouble, Is.Null);
    }

    /// <summary>Where a failed announcement does not end the task, its upkeep has to make up for it.</summary>
    [Test]
    public async Task A_name_that_can_be_resolved_only_after_the_stage_is_announced_then()
    {
        await using var haproxy = await StartAsync();
        var isKnown = false;
        await using var hook = Hook(haproxy.UnixAddress, 8080, resolve: (_, _, _) => isKnown
            ? Task.FromResult(IPAddress.Loopback)
            : throw new UnavailableException("no name server"))!;
        using var stage = CancellationTokenSource.CreateLinkedTokenSource(Limit);
        var announcing = hook.AnnounceAsync(stage.Token);
        Assert.That(hook.Trouble, Is.EqualTo("no name server"));
        await stage.CancelAsync();
        Assert.That(async () => await announcing, Throws.InstanceOf<OperationCanceledException>());

        Volatile.Write(ref isKnown, true);
        hook.OnHealthChanged(true);

        await haproxy.UntilSlotAsync("127.0.0.1:8080 ready", Limit);
    }

    [Test]
    public async Task What_HAProxy_refuses_is_told_with_its_answer()
    {
        await using var haproxy = await StartAsync();
        await using var hook = Hook(haproxy.UnixAddress, 8080, label: "shop/slot-")!;

        Assert.That(
            () => hook.AnnounceAsync(Limit),
            Throws.TypeOf<HookException>().With.Message.EqualTo(
                $"HAProxy {haproxy.UnixAddress}: show servers state shop: Can't find backend."));
    }

    /// <summary>The server looks at the name.</summary>
    private static Uri Url(HttpFake task) => new($"http://127.0.0.1:{task.Port}/");

    private static async Task<HttpStatusCode> StatusAsync(HaProxyServer haproxy, HttpFake task)
    {
        using var response = await haproxy.Client.GetAsync(Url(task), Limit);
        return response.StatusCode;
    }
}
