using Executor.Core.Discovery.Vaas;
using Executor.Core.Hooks;
using Executor.Core.Tests.Lifecycle;
using Executor.Tests.Fakes;
using static Executor.Core.Tests.Discovery.Vaas.VaasInstances;

namespace Executor.Core.Tests.Discovery.Vaas;

/// <summary>A VaaS that fails, hangs or takes its time.</summary>
[CancelAfter(30_000)]
public sealed class VaasTroubleTests
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);

    [TestCase("GET dc/")]
    [TestCase("GET director/")]
    [TestCase("GET backend/")]
    [TestCase("POST backend/")]
    [TestCase("GET task/t-101/")]
    [TestCase("DELETE backend/101/")]
    public async Task What_fails_is_tried_again(string request, CancellationToken cancel)
    {
        await using var server = new VaasFake();
        var time = new WatchedTime();
        var failures = 3;
        server.Fault = asked => asked == request && failures-- > 0 ? VaasFault.Fail : VaasFault.None;
        await using var hook = Hook(server, time)!;

        await AdvanceAsync(AnnounceAndWithdrawAsync(), time, cancel);

        Assert.That(failures, Is.LessThan(0));
        Assert.That(server.Backends, Is.Empty);

        async Task AnnounceAndWithdrawAsync()
        {
            await hook.AnnounceAsync(cancel);
            Assert.That(server.Backends, Has.Count.EqualTo(1));
            await hook.WithdrawAsync(cancel);
        }
    }

    [Test]
    public async Task A_list_that_never_ends_is_an_error(CancellationToken cancel)
    {
        const string page = """{"meta":{"next":"more"},"objects":[{"id":1,"symbol":"other"}]}""";
        await using var server = new LoopbackServer((_, _) => Task.FromResult<LoopbackResponse?>(new LoopbackResponse(200, page)), null, null);
        server.Start();
        var address = FormattableString.Invariant($"http://127.0.0.1:{server.Port}");
        using var client = new VaasClient(new Uri(address), null, null);

        Assert.That(
            async () => await client.FindDcAsync("dc", cancel),
            Throws.TypeOf<HookException>().With.Message.EqualTo($"{address}/api/v0.1/dc/ lists more than 1000 pages"));
    }

    [Test]
    public async Task A_server_that_always_fails_is_tried_until_the_stage_is_over(CancellationToken cancel)
    {
        await using var server = new VaasFake { Fault = _ => VaasFault.Fail };
        var time = new WatchedTime();
        using var stage = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using var hook = Hook(server, time)!;

        var announcing = hook.AnnounceAsync(stage.Token);
        for (var tries = 0; tries < 10; tries++)
        {
            await time.WaitForTimerAsync(LongestPause, cancel);
            time.Advance(LongestPause);
        }

        await stage.CancelAsync();

        Assert.That(async () => await announcing, Throws.InstanceOf<OperationCanceledException>());
        server.Seen();
        await hook.WithdrawAsync(cancel);
        Assert.That(server.Seen(), Is.Empty);
    }

    [Test]
    public async Task A_post_that_did_it_and_failed_is_made_anew_and_leaves_one_backend(CancellationToken cancel)
    {
        await using var server = new VaasFake();
        var time = new WatchedTime();
        var failures = 1;
        server.Fault = asked => asked == "POST backend/" && failures-- > 0 ? VaasFault.DoThenFail : VaasFault.None;
        await using var hook = Hook(server, time)!;

        await AdvanceAsync(hook.AnnounceAsync(cancel), time, cancel);

        Assert.That(server.Backends.Keys, Is.EqualTo([102]));
    }

    [Test]
    public async Task A_post_whose_answer_never_came_is_found_and_deleted(CancellationToken cancel)
    {
        await using var server = new VaasFake();
        server.Add("10.0.0.8", 31000, 6);
        server.Fault = asked => asked == "POST backend/" ? VaasFault.DoThenHang : VaasFault.None;
        using var stage = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using var hook = Hook(server)!;
        var announcing = hook.AnnounceAsync(stage.Token);
        await server.WaitForAsync("POST backend/", cancel);
        await stage.CancelAsync();
        Assert.That(async () => await announcing, Throws.InstanceOf<OperationCanceledException>());

        await hook.WithdrawAsync(cancel);

        Assert.That(server.Backends.Keys, Is.EqualTo([101]));
    }

    [Test]
    public async Task A_post_that_is_done_after_it_was_given_up_is_still_found(CancellationToken cancel)
    {
        await using var server = new VaasFake();
        var time = new WatchedTime();
        server.Fault = asked => asked == "POST backend/" ? VaasFault.Hang : VaasFault.None;
        using var stage = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using var hook = Hook(server, time)!;
        var announcing = hook.AnnounceAsync(stage.Token);
        await server.WaitForAsync("POST backend/", cancel);
        await stage.CancelAsync();
        Assert.That(async () => await announcing, Throws.InstanceOf<OperationCanceledException>());

        var withdrawing = hook.WithdrawAsync(cancel);
        await time.WaitForTimerAsync(LongestPause, cancel);
        server.Add(Address, 31000, 6);
        time.Advance(LongestPause);
        await withdrawing;

        Assert.That(server.Backends, Is.Empty);
    }

    [Test]
    public async Task A_refused_post_is_final_and_leaves_nothing_to_delete(CancellationToken cancel)
    {
        await using var server = new VaasFake();
        server.Fault = asked =>
        {
            // Somebody else is faster than this executor.
            if (asked == "POST backend/") server.Add(Address, 31000, 6);
            return VaasFault.None;
        };
        await using var hook = Hook(server)!;

        Assert.That(
            () => hook.AnnounceAsync(cancel),
            Throws.TypeOf<HookException>().With.Message.EqualTo(
                $"POST {server.Url}/api/v0.1/backend/ answered 400: "
                + """{"backend": {"__all__": ["Backend with this Address, Port and Director already exists."]}}"""));
        server.Seen();
        await hook.WithdrawAsync(cancel);

        Assert.That(server.Seen(), Is.Empty);
    }

    [Test]
    public async Task No_error_tells_the_key_even_where_the_server_does(CancellationToken cancel)
    {
        await using var server = new VaasFake { InQuery = true, Fault = _ => VaasFault.Refuse };
        await using var hook = Hook(server, null, null, ("EXECUTOR_VAAS_AUTH", "query"))!;

        Assert.That(
            () => hook.AnnounceAsync(cancel),
            Throws.TypeOf<HookException>().With.Message.EqualTo(
                $"GET {server.Url}/api/v0.1/director/ answered 403: it broke, ?name=cart&limit=100&offset=0&username=deploy&api_key=***"));
    }

    [Test]
    public async Task The_reload_of_Varnish_is_waited_for(CancellationToken cancel)
    {
        await using var server = new VaasFake { Reloads = ["PENDING", "STARTED", "SUCCESS"] };
        var time = new WatchedTime();
        await using var hook = Hook(server, time)!;

        await AdvanceAsync(hook.AnnounceAsync(cancel), time, cancel);

        Assert.That(server.Seen().Count(request => request == "GET task/t-101/"), Is.EqualTo(3));
    }

    [Test]
    public async Task A_reload_that_failed_is_told_and_its_backend_deleted(CancellationToken cancel)
    {
        await using var server = new VaasFake { Reloads = ["FAILURE"] };
        await using var hook = Hook(server)!;

        Assert.That(
            () => hook.AnnounceAsync(cancel),
            Throws.TypeOf<HookException>().With.Message.EqualTo("VaaS could not reload Varnish: FAILURE: on node 101"));
        await hook.WithdrawAsync(cancel);

        Assert.That(server.Backends, Is.Empty);
    }

    [Test]
    public async Task A_server_that_does_not_tell_the_id_is_asked_for_it_at_the_end(CancellationToken cancel)
    {
        await using var server = new VaasFake { ReturnsData = false, IsAsync = false };
        await using var hook = Hook(server)!;

        await hook.AnnounceAsync(cancel);
        await hook.WithdrawAsync(cancel);

        Assert.That(server.Backends, Is.Empty);
    }

    [Test]
    public async Task A_withdrawal_that_hangs_ends_with_its_stage(CancellationToken cancel)
    {
        await using var server = new VaasFake();
        await using var hook = Hook(server)!;
        await hook.AnnounceAsync(cancel);
        server.Fault = _ => VaasFault.Hang;
        using var stage = CancellationTokenSource.CreateLinkedTokenSource(cancel);

        var withdrawing = hook.WithdrawAsync(stage.Token);
        await server.WaitForAsync("DELETE backend/101/", cancel);
        await stage.CancelAsync();

        Assert.That(async () => await withdrawing, Throws.InstanceOf<OperationCanceledException>());
    }

    /// <summary>Lets every wait of the work be over at once.</summary>
    private static async Task AdvanceAsync(Task work, WatchedTime time, CancellationToken cancel)
    {
        while (true)
        {
            var armed = time.WaitForTimerAsync(LongestPause, cancel);
            if (await Task.WhenAny(work, armed) == work) break;
            time.Advance(LongestPause);
        }

        await work;
    }
}
