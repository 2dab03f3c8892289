using Executor.Core.Hooks;
using Executor.Core.Tests.Lifecycle;
using Executor.Tests.Fakes;

namespace Executor.Core.Tests.Discovery.Consul;

/// <summary>How a task gets into Consul.</summary>
[CancelAfter(30_000)]
public sealed class ConsulAnnounceTests
{
    [Test]
    public async Task A_task_is_registered_as_Consul_documents_it_and_passes_from_the_start(CancellationToken cancel)
    {
        await using var rig = new ConsulRig();

        await rig.Hook.AnnounceAsync(cancel);

        var service = rig.Consul.Registration(ConsulRig.Id);
        Assert.That(service.GetProperty("Name").GetString(), Is.EqualTo("cart"));
        Assert.That(service.GetProperty("Port").GetInt32(), Is.EqualTo(31000));
        Assert.That(service.GetProperty("Check").GetProperty("TTL").GetString(), Is.EqualTo("30s"));
        Assert.That(service.GetProperty("Check").GetProperty("DeregisterCriticalServiceAfter").GetString(), Is.EqualTo("300s"));
        Assert.That(rig.Consul.Status(ConsulRig.Id), Is.EqualTo("passing"));
    }

    [TestCase("http")]
    [TestCase("none")]
    public async Task Every_kind_of_check_is_accepted(string kind, CancellationToken cancel)
    {
        await using var rig = new ConsulRig(("consul-check", kind));

        await rig.Hook.AnnounceAsync(cancel);

        Assert.That(rig.Consul.Status(ConsulRig.Id), Is.EqualTo("passing"));
    }

    [Test]
    public async Task The_token_goes_in_a_header(CancellationToken cancel)
    {
        await using var rig = new ConsulRig(new() { ["EXECUTOR_CONSUL_HTTP_TOKEN"] = "s3cr3t" }, "s3cr3t");

        await rig.Hook.AnnounceAsync(cancel);
        await rig.Hook.WithdrawAsync(cancel);

        Assert.That(rig.Consul.Requests, Is.EqualTo([ConsulRig.Register, ConsulRig.Deregister]));
    }

    [Test]
    public async Task What_Consul_refuses_is_told_at_once_in_its_own_words(CancellationToken cancel)
    {
        await using var rig = new ConsulRig([], "s3cr3t");

        Assert.That(
            () => rig.Hook.AnnounceAsync(cancel),
            Throws.TypeOf<HookException>().With.Message.EqualTo(
                $"Consul at http://{rig.Consul.Address} answered 403: Permission denied: token lacks permission 'service:write'"));
    }

    [Test]
    public async Task An_answer_without_end_is_cut(CancellationToken cancel)
    {
        await using var rig = new ConsulRig();
        rig.Consul.Intercept = (_, _) => Task.FromResult<LoopbackResponse?>(new(400, $"no\n{new string('x', 100_000)}"));

        Assert.That(() => rig.Hook.AnnounceAsync(cancel), Throws.TypeOf<HookException>().With.Message.Length.LessThan(400).And.Message.Not.Contain("\n"));
    }

    [Test]
    public async Task An_agent_in_trouble_is_asked_again_until_it_answers(CancellationToken cancel)
    {
        await using var rig = new ConsulRig();
        LoopbackResponse?[] answers = [new(500, "no leader"), new(0, ""), new(429, "later"), null];
        var count = -1;
        rig.Consul.Intercept = (_, _) => Task.FromResult(answers[Math.Min(++count, 3)]);

        await rig.RetryUntilAsync(rig.Hook.AnnounceAsync(cancel), cancel);

        Assert.That(rig.Consul.Ids, Is.EqualTo([ConsulRig.Id]));
    }

    [Test]
    public async Task An_agent_that_is_away_is_waited_for(CancellationToken cancel)
    {
        await using var rig = new ConsulRig();
        await rig.Consul.StopAsync();
        var announcing = rig.Hook.AnnounceAsync(cancel);
        await rig.Time.WaitForTimerAsync(TimeSpan.FromSeconds(2), cancel);
        rig.Consul.Start();
        rig.Time.Advance(TimeSpan.FromSeconds(2));

        await rig.RetryUntilAsync(announcing, cancel);

        Assert.That(rig.Consul.Ids, Is.EqualTo([ConsulRig.Id]));
    }

    [Test]
    public async Task An_agent_that_hangs_is_asked_again(CancellationToken cancel)
    {
        var time = new WatchedTime();
        await using var consul = new ConsulFake(time).Start();
        await using var hook = ConsulRig.Create(consul, time, [], [], 31000)!;
        var hung = new TaskCompletionSource();
        consul.Intercept = async (_, over) =>
        {
            consul.Intercept = null;
            hung.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, over);
            return null;
        };
        var announcing = hook.AnnounceAsync(cancel);
        await hung.Task.WaitAsync(cancel);

        time.Advance(TimeSpan.FromSeconds(3));
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(2), cancel);
        time.Advance(TimeSpan.FromSeconds(2));

        await announcing.WaitAsync(cancel);
        Assert.That(consul.Ids, Is.EqualTo([ConsulRig.Id]));
    }

    [Test]
    public async Task With_resolvable_the_announcement_ends_when_a_health_query_finds_the_instance(CancellationToken cancel)
    {
        await using var rig = new ConsulRig(new() { ["EXECUTOR_CONSUL_WAIT"] = "resolvable" }, null);
        rig.Consul.IsSynced = false;
        var announcing = rig.Hook.AnnounceAsync(cancel);
        await rig.Consul.AnsweredAsync("GET /v1/health/service/cart", cancel);
        Assert.That(announcing.IsCompleted, Is.False);

        rig.Consul.IsSynced = true;
        await rig.RetryUntilAsync(announcing, cancel);

        Assert.That(announcing.IsCompletedSuccessfully);
    }

    [Test]
    public async Task Several_services_are_registered_and_all_removed(CancellationToken cancel)
    {
        await using var rig = new ConsulRig();
        await using var hook = ConsulRig.Create(rig.Consul, rig.Time, [], [("consul-weight", "7")], 31001, 31002)!;
        await hook.AnnounceAsync(cancel);
        Assert.That(rig.Consul.Ids, Is.EqualTo(["shop_cart.1_cart_31001", "shop_cart.1_cart_31002"]));
        Assert.That(rig.Consul.Registration("shop_cart.1_cart_31002").GetProperty("Weights").GetProperty("Passing").GetInt32(), Is.EqualTo(7));

        await hook.WithdrawAsync(cancel);

        Assert.That(rig.Consul.Ids, Is.Empty);
    }

    [Test]
    public async Task Only_tasks_that_ask_for_it_and_have_ports_are_announced(CancellationToken cancel)
    {
        await using var rig = new ConsulRig();

        Assert.That(ConsulRig.Create(rig.Consul, rig.Time, [], []), Is.Null);
        Assert.That(ConsulRig.Create(rig.Consul, rig.Time, new() { ["EXECUTOR_CONSUL"] = "false" }, [], 31000), Is.Null);
        Assert.That(ConsulRig.Create(rig.Consul, rig.Time, [], [], 31000), Is.Not.Null);
        cancel.ThrowIfCancellationRequested();
    }
}
