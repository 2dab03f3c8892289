using System.Net;
using Executor.Core.Discovery.HaProxy;
using Executor.Core.Hooks;
using Executor.Core.Tests.Lifecycle;
using NLog;
using NLog.Targets;

namespace Executor.Core.Tests.Discovery.HaProxy;

/// <summary>Who gets which slot of a real HAProxy.</summary>
internal sealed class HaProxySlotTests : HaProxyTests
{
    private const int Slots = 10;
    private static readonly int[] Ports = [.. Enumerable.Range(8000, 2 * Slots)];

    [Test]
    [Repeat(5)]
    public async Task Of_20_executors_that_claim_10_slots_at_once_10_get_one_and_10_are_told()
    {
        await using var haproxy = await StartAsync(Slots);
        var executors = Ports.Select(port => SlotsOf(haproxy, port)).ToArray();

        var errors = await Task.WhenAll(executors.Select(async executor =>
        {
            try
            {
                await executor.AnnounceAsync(TimeSpan.FromMilliseconds(500), Limit);
                return null;
            }
            catch (HookException e)
            {
                return e.Message;
            }
        }));

        Assert.That(errors.OfType<string>().ToArray(), Has.Length.EqualTo(Slots).And.All.EndsWith(
            ": backend web has no free slot: 10 servers begin with slot-, none is in maint on port 1"));
        var winners = Ports.Where((_, executor) => errors[executor] is null);
        Assert.That(await haproxy.SlotsAsync(Limit), Is.EquivalentTo(winners.Select(port => $"127.0.0.1:{port} ready")));
    }

    /// <summary>All have seen the slot free and none the others: the worst that can happen to it.</summary>
    [Test]
    [Repeat(20)]
    public async Task Of_20_that_claim_the_same_slot_the_first_owns_it_and_the_others_leave_nothing()
    {
        await using var haproxy = await StartAsync(slots: 1);

        var owns = await Task.WhenAll(Ports.Select(port => RegisterOf(haproxy, port).ClaimAsync("web/slot-1")));

        Assert.That(owns.Count(own => own), Is.EqualTo(1));
        Assert.That(await haproxy.SlotsAsync(Limit), Is.EqualTo([$"127.0.0.1:{Ports[Array.IndexOf(owns, true)]} maint"]));
    }

    [Test]
    public async Task A_late_claim_leaves_a_served_slot_as_it_was()
    {
        await using var haproxy = await StartAsync(slots: 1);
        await SlotsOf(haproxy, 8000).AnnounceAsync(TimeSpan.Zero, Limit);

        Assert.That(await RegisterOf(haproxy, 8001).ClaimAsync("web/slot-1"), Is.False);

        Assert.That(await haproxy.SlotsAsync(Limit), Is.EqualTo(["127.0.0.1:8000 ready"]));
    }

    [TestCase("ready")]
    [TestCase("drain")]
    [TestCase("maint")]
    public async Task What_a_crashed_executor_of_the_same_address_left_is_taken_over(string state)
    {
        await using var haproxy = await StartAsync();
        await haproxy.Api().AskAsync($"set server web/slot-2 addr 127.0.0.1 port 8000; set server web/slot-2 state {state}", Limit);

        await SlotsOf(haproxy, 8000).AnnounceAsync(TimeSpan.Zero, Limit);

        Assert.That(await haproxy.SlotsAsync(Limit), Is.EqualTo(["free", "127.0.0.1:8000 ready", "free"]));
    }

    [Test]
    public async Task A_slot_that_becomes_free_is_taken_by_who_waits()
    {
        await using var haproxy = await StartAsync(slots: 1);
        var leaving = SlotsOf(haproxy, 8000);
        await leaving.AnnounceAsync(TimeSpan.Zero, Limit);

        var waiting = SlotsOf(haproxy, 8001).AnnounceAsync(TimeSpan.FromSeconds(20), Limit);
        await leaving.ReleaseAsync(Limit);
        await waiting;

        Assert.That(await haproxy.SlotsAsync(Limit), Is.EqualTo(["127.0.0.1:8001 ready"]));
    }

    [Test]
    public async Task What_keeps_it_waiting_is_told_once()
    {
        using var told = new MemoryTarget { Layout = "${message}" };
        using var logs = new LogFactory();
        logs.Setup().LoadConfiguration(configuration => configuration.ForLogger().WriteTo(told));
        var time = new WatchedTime();
        Assert.That(HaProxyAddress.TryParse("unix:/no/such.sock", out var address));
        var slots = new HaProxySlots(
            new HaProxyApi(address!, time), "web", "slot-", new IPEndPoint(IPAddress.Loopback, 8000), time, logs.GetLogger("haproxy"));

        var announcing = slots.AnnounceAsync(TimeSpan.FromSeconds(3), Limit);
        for (var pause = 0; pause < 3; pause++)
        {
            await time.WaitForTimerAsync(TimeSpan.FromSeconds(1), Limit);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        const string trouble = "HAProxy unix:/no/such.sock: show servers state web: No such file or directory";
        Assert.That(async () => await announcing, Throws.TypeOf<HookException>().With.Message.EqualTo(trouble));
        Assert.That(slots.Trouble, Is.EqualTo(trouble));
        Assert.That(told.Logs, Is.EqualTo([$"{trouble}; trying again"]));
    }

    [TestCase("web")]
    [TestCase("web/")]
    [TestCase("web/slot-;shutdown sessions")]
    [TestCase("web/slot-:metrics")]
    public void A_label_that_makes_no_sense_is_refused(string label) => Assert.That(
        () => Hook("unix:/run/haproxy.sock", 8000, label),
        Throws.TypeOf<InvalidTaskException>().With.Message.StartsWith($"label haproxy is \"{label}\": "));

    [TestCase("unix:/run/haproxy/admin.sock", true)]
    [TestCase("tcp:127.0.0.1:9999", true)]
    [TestCase("tcp:lb.example.org:9999", true)]
    [TestCase("tcp:[::1]:9999", true)]
    [TestCase("tcp:::1:9999", false)]
    [TestCase("tcp:lb", false)]
    [TestCase("tcp:lb:0", false)]
    [TestCase("unix:relative", false)]
    [TestCase("unix:/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789aaaaaa", true)]
    [TestCase("unix:/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789aaaaa\u00e9", false, Description = "108 bytes of UTF-8")]
    [TestCase("/run/haproxy/admin.sock", false)]
    public void An_address_is_a_socket_or_a_host_with_its_port(string text, bool accepted) =>
        Assert.That(HaProxyAddress.TryParse(text, out _), Is.EqualTo(accepted));

    /// <summary>Half of them are on the host of HAProxy and the others are not.</summary>
    private static HaProxyApi ApiFor(HaProxyServer haproxy, int port) =>
        haproxy.Api(port % 2 == 0 ? haproxy.UnixAddress : haproxy.TcpAddress);

    private static SlotRegister RegisterOf(HaProxyServer haproxy, int port) =>
        new(ApiFor(haproxy, port), new IPEndPoint(IPAddress.Loopback, port));

    private static HaProxySlots SlotsOf(HaProxyServer haproxy, int port) => new(
        ApiFor(haproxy, port), "web", "slot-", new IPEndPoint(IPAddress.Loopback, port), TimeProvider.System, LogManager.CreateNullLogger());
}
