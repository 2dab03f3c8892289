using Executor.Core.Discovery.Vaas;
using Executor.Core.Hooks;
using static Executor.Core.Tests.Discovery.Vaas.VaasInstances;

namespace Executor.Core.Tests.Discovery.Vaas;

/// <summary>A backend announced and withdrawn, and what is refused for good.</summary>
[CancelAfter(30_000)]
public sealed class VaasHookTests
{
    [Test]
    public async Task A_task_becomes_a_backend_and_is_deleted_once(CancellationToken cancel)
    {
        await using var server = new VaasFake();
        await using var hook = Hook(server, instance: Instance("frontend-sync:cart", ("director", "cart"), ("weight:50", "tag"), ("canary", "yes")))!;

        await hook.AnnounceAsync(cancel);

        Assert.That(server.Backends.Values.Single().ToJsonString(), Is.EqualTo(
            """{"address":"10.0.0.7","port":31001,"director":"/api/v0.1/director/6/","dc":"/api/v0.1/dc/3/","inherit_time_profile":true,"weight":50,"tags":["canary"]}"""));
        Assert.That(server.Seen(), Is.EqualTo(
            ["GET director/", "GET dc/", "GET dc/", "GET backend/", "POST backend/", "GET task/t-101/"]));

        await hook.WithdrawAsync(cancel);

        Assert.That(server.Seen(), Is.EqualTo(["DELETE backend/101/"]));
        Assert.That(server.Backends, Is.Empty);
    }

    [Test]
    public async Task Weight_and_tags_are_left_out_where_nothing_says_them(CancellationToken cancel)
    {
        await using var server = new VaasFake { IsAsync = false };
        await using var hook = Hook(server)!;

        await hook.AnnounceAsync(cancel);

        Assert.That(server.Backends.Values.Single().Select(field => field.Key), Is.EqualTo(
            ["address", "port", "director", "dc", "inherit_time_profile"]));
    }

    [Test]
    public async Task The_setting_wins_over_the_weight_of_the_label(CancellationToken cancel)
    {
        await using var server = new VaasFake();
        await using var hook = Hook(
            server, null, Instance(("director", "cart"), ("weight:50", "tag")), ("EXECUTOR_VAAS_INITIAL_WEIGHT", "7"))!;

        await hook.AnnounceAsync(cancel);

        Assert.That((int)server.Backends.Values.Single()["weight"]!, Is.EqualTo(7));
    }

    [Test]
    public async Task A_backend_that_somebody_has_deleted_counts_as_withdrawn(CancellationToken cancel)
    {
        await using var server = new VaasFake();
        await using var hook = Hook(server)!;
        await hook.AnnounceAsync(cancel);
        server.Backends.Clear();

        await hook.WithdrawAsync(cancel);

        Assert.That(server.Seen().Count(request => request.StartsWith("DELETE", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    public async Task Only_a_stale_backend_of_the_same_address_port_and_director_is_replaced(CancellationToken cancel)
    {
        await using var server = new VaasFake();
        server.Add("10.0.0.8", 31000, 6);
        server.Add(Address, 31002, 6);
        server.Add(Address, 31000, 5);
        var stale = server.Add(Address, 31000, 6);
        await using var hook = Hook(server)!;

        await hook.AnnounceAsync(cancel);

        Assert.That(server.Backends.Keys, Is.EquivalentTo([101, 102, 103, 105]));
        Assert.That(server.Seen(), Does.Contain($"DELETE backend/{stale}/"));
    }

    [Test]
    public async Task Where_nothing_was_posted_nothing_is_deleted(CancellationToken cancel)
    {
        await using var server = new VaasFake();
        server.Add(Address, 31000, 6);
        await using var hook = Hook(server, instance: Instance(("director", "unknown")))!;

        Assert.That(
            () => hook.AnnounceAsync(cancel),
            Throws.TypeOf<HookException>().With.Message.EqualTo($"{server.Url}/ has no director \"unknown\""));
        server.Seen();
        await hook.WithdrawAsync(cancel);

        Assert.That(server.Seen(), Is.Empty);
    }

    [Test]
    public async Task A_DC_that_VaaS_does_not_know_is_told(CancellationToken cancel)
    {
        await using var server = new VaasFake();
        await using var hook = Hook(server, null, null, ("EXECUTOR_VAAS_INITIAL_WEIGHT", "1"))!;
        server.Dcs[2] = (3, "other");

        Assert.That(
            () => hook.AnnounceAsync(cancel),
            Throws.TypeOf<HookException>().With.Message.EqualTo($"{server.Url}/ has no DC with the symbol \"dc3\" of EXECUTOR_VAAS_DC"));
    }

    [Test]
    public async Task Credentials_go_into_the_query_where_the_setting_says_so(CancellationToken cancel)
    {
        await using var server = new VaasFake { InQuery = true };
        await using var hook = Hook(server, null, null, ("EXECUTOR_VAAS_AUTH", "query"))!;

        await hook.AnnounceAsync(cancel);
        await hook.WithdrawAsync(cancel);

        Assert.That(server.Backends, Is.Empty);
    }

    [Test]
    public async Task A_name_is_announced_as_its_IPv4_address(CancellationToken cancel)
    {
        await using var server = new VaasFake();
        await using var hook = Hook(server, instance: Instance(("director", "cart")) with { Address = "localhost" })!;

        await hook.AnnounceAsync(cancel);

        Assert.That((string)server.Backends.Values.Single()["address"]!, Is.EqualTo("127.0.0.1"));
    }

    [Test]
    public async Task A_name_without_an_IPv4_address_is_told(CancellationToken cancel)
    {
        await using var server = new VaasFake();
        var name = new string('a', 64); // too long for DNS: no resolver is asked
        await using var hook = Hook(server, instance: Instance(("director", "cart")) with { Address = name })!;

        Assert.That(
            () => hook.AnnounceAsync(cancel),
            Throws.TypeOf<HookException>().With.Message.StartsWith($"the task's address {name} has no IPv4 address: "));
    }

    [Test]
    public void Without_a_director_or_a_server_there_is_no_hook()
    {
        Assert.That(VaasHook.Create(Instance(("director", "cart")), Settings(), TimeProvider.System), Is.Null);
        Assert.That(VaasHook.Create(Instance(), Settings(("EXECUTOR_VAAS_URL", "http://vaas")), TimeProvider.System), Is.Null);
    }

    [TestCase("EXECUTOR_VAAS_URL is set, but EXECUTOR_VAAS_DC is not", null, null)]
    [TestCase("EXECUTOR_VAAS_TOKEN is set, but EXECUTOR_VAAS_USERNAME is not", "EXECUTOR_VAAS_TOKEN", "s3cret")]
    [TestCase("EXECUTOR_VAAS_USERNAME is set, but EXECUTOR_VAAS_TOKEN is not", "EXECUTOR_VAAS_USERNAME", "deploy")]
    [TestCase("EXECUTOR_VAAS_CA is \"/none.pem\": ", "EXECUTOR_VAAS_CA", "/none.pem")]
    public void A_server_that_is_half_set_up_is_told(string error, string? name, string? value)
    {
        List<(string, string)> given = [("EXECUTOR_VAAS_URL", "http://vaas")];
        if (name is not null) given.AddRange([("EXECUTOR_VAAS_DC", "dc1"), (name, value!)]);

        var told = Assert.Throws<InvalidTaskException>(
            () => VaasHook.Create(Instance(("director", "cart")), Settings([.. given]), TimeProvider.System));
        Assert.That(told.Message, Does.StartWith(error).And.Not.Contains("s3cret"));
    }

    [TestCase("EXECUTOR_VAAS_URL", "vaas.example")]
    [TestCase("EXECUTOR_VAAS_URL", "ftp://vaas.example")]
    [TestCase("EXECUTOR_VAAS_URL", "http://vaas.example/?a=b")]
    [TestCase("EXECUTOR_VAAS_USERNAME", "a:b")]
    [TestCase("EXECUTOR_VAAS_TOKEN", "two words")]
    [TestCase("EXECUTOR_VAAS_INITIAL_WEIGHT", "101")]
    public void A_setting_that_makes_no_sense_is_refused(string name, string value)
    {
        Assert.That(AllSettings.TryRead(new Dictionary<string, string> { [name] = value }, out _, out var error), Is.False);
        Assert.That(error, Does.StartWith($"{name} is ").And.Not.Contains("two words"));
    }
}
