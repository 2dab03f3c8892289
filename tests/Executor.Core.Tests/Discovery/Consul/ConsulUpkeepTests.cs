using Executor.Core.Hooks;
using Executor.Tests.Fakes;

namespace Executor.Core.Tests.Discovery.Consul;

/// <summary>What is done for a task in Consul while it runs.</summary>
[CancelAfter(30_000)]
public sealed class ConsulUpkeepTests
{
    [Test]
    public async Task A_check_is_kept_alive_and_goes_critical_and_away_when_the_executor_is_gone(CancellationToken cancel)
    {
        await using var rig = new ConsulRig();
        await rig.AnnounceAsync(cancel);
        for (var beat = 0; beat < 5; beat++)
        {
            rig.Time.Advance(ConsulRig.Beat);
            await rig.Consul.AnsweredAsync(ConsulRig.Update, cancel);
            Assert.That(rig.Consul.Status(ConsulRig.Id), Is.EqualTo("passing"));
        }

        await rig.Hook.DisposeAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.That(rig.Consul.Status(ConsulRig.Id), Is.EqualTo("critical"));
        rig.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.That(rig.Consul.Ids, Is.Empty);
    }

    [Test]
    public async Task A_change_of_health_is_told_at_once(CancellationToken cancel)
    {
        await using var rig = new ConsulRig();
        await rig.AnnounceAsync(cancel);

        rig.Hook.OnHealthChanged(false);
        await rig.Consul.AnsweredAsync(ConsulRig.Update, cancel);
        Assert.That(rig.Consul.Status(ConsulRig.Id), Is.EqualTo("critical"));

        rig.Hook.OnHealthChanged(true);
        await rig.Consul.AnsweredAsync(ConsulRig.Update, cancel);
        Assert.That(rig.Consul.Status(ConsulRig.Id), Is.EqualTo("passing"));
    }

    [Test]
    public async Task A_change_of_health_that_could_not_be_told_is_told_soon(CancellationToken cancel)
    {
        await using var rig = new ConsulRig();
        await rig.AnnounceAsync(cancel);
        rig.Consul.Intercept = (_, _) => Task.FromResult<LoopbackResponse?>(new(500, "no"));
        rig.Hook.OnHealthChanged(false);
        await rig.Consul.AnsweredAsync(ConsulRig.Update, cancel);
        rig.Consul.Intercept = null;

        while (rig.Consul.Status(ConsulRig.Id) != "critical")
        {
            cancel.ThrowIfCancellationRequested();
            rig.Time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }
    }

    [TestCase("ttl", ConsulRig.Update)]
    [TestCase("http", $"GET /v1/agent/service/{ConsulRig.Id}")]
    [TestCase("none", $"GET /v1/agent/service/{ConsulRig.Id}")]
    public async Task A_service_that_the_agent_has_lost_is_registered_again(string check, string found, CancellationToken cancel)
    {
        await using var rig = new ConsulRig(("consul-check", check));
        await rig.AnnounceAsync(cancel);
        rig.Consul.LoseServices();

        rig.Time.Advance(ConsulRig.Beat);
        await rig.Consul.AnsweredAsync(found, cancel);
        await rig.Consul.AnsweredAsync(ConsulRig.Register, cancel);

        Assert.That(rig.Consul.Status(ConsulRig.Id), Is.EqualTo("passing"));
    }

    [Test]
    public async Task An_old_agent_says_otherwise_that_it_has_lost_a_service(CancellationToken cancel)
    {
        await using var rig = new ConsulRig();
        await rig.AnnounceAsync(cancel);
        rig.Consul.LoseServices();
        rig.Consul.Intercept = (request, _) => Task.FromResult<LoopbackResponse?>(
            request.Path.Contains("/update/", StringComparison.Ordinal)
                ? new(500, $"CheckID \"service:{ConsulRig.Id}\" does not have associated TTL")
                : null);

        rig.Time.Advance(ConsulRig.Beat);
        await rig.Consul.AnsweredAsync(ConsulRig.Update, cancel);
        await rig.Consul.AnsweredAsync(ConsulRig.Register, cancel);

        Assert.That(rig.Consul.Ids, Is.EqualTo([ConsulRig.Id]));
    }

    [Test]
    public async Task An_unhealthy_service_that_was_removed_comes_back_when_it_is_healthy(CancellationToken cancel)
    {
        await using var rig = new ConsulRig();
        await rig.AnnounceAsync(cancel);
        rig.Consul.LoseServices();
        rig.Hook.OnHealthChanged(false);
        await rig.Consul.AnsweredAsync(ConsulRig.Update, cancel);
        Assert.That(rig.Consul.Ids, Is.Empty);

        rig.Hook.OnHealthChanged(true);
        await rig.Consul.AnsweredAsync(ConsulRig.Register, cancel);

        Assert.That(rig.Consul.Status(ConsulRig.Id), Is.EqualTo("passing"));
    }

    [Test]
    public async Task The_weight_rises_to_the_full_one(CancellationToken cancel)
    {
        await using var rig = new ConsulRig(("consul-warmup-weight", "1/12secs/3"), ("consul-weight", "10"));
        await rig.Hook.AnnounceAsync(cancel);
        await rig.Time.WaitForTimerOfAsync(TimeSpan.FromSeconds(4), cancel);
        var weights = new List<int> { Weight(rig) };
        await rig.Consul.AnsweredAsync(ConsulRig.Register, cancel);
        for (var step = 0; step < 3; step++)
        {
            rig.Time.Advance(TimeSpan.FromSeconds(4));
            await rig.Consul.AnsweredAsync(ConsulRig.Register, cancel);
            weights.Add(Weight(rig));
        }

        Assert.That(weights, Is.EqualTo([1, 4, 7, 10]));
    }

    [Test]
    public async Task An_announcement_that_failed_is_made_good_while_the_task_runs(CancellationToken cancel)
    {
        await using var rig = new ConsulRig();
        rig.Consul.Intercept = (_, _) => Task.FromResult<LoopbackResponse?>(new(403, "ACL not found"));
        Assert.That(() => rig.Hook.AnnounceAsync(cancel), Throws.TypeOf<HookException>());
        await rig.Time.WaitForTimerOfAsync(ConsulRig.Beat, cancel);
        rig.Consul.Intercept = null;

        rig.Time.Advance(ConsulRig.Beat);
        await rig.Consul.AnsweredAsync(ConsulRig.Register, cancel);
        await rig.Consul.AnsweredAsync(ConsulRig.Register, cancel);

        Assert.That(rig.Consul.Ids, Is.EqualTo([ConsulRig.Id]));
    }

    private static int Weight(ConsulRig rig) =>
        rig.Consul.Registration(ConsulRig.Id).GetProperty("Weights").GetProperty("Passing").GetInt32();
}
