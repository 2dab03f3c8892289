using Executor.Core.Discovery;
using Executor.Core.Discovery.Consul;
using Executor.Core.Hooks;

namespace Executor.Core.Tests.Discovery.Consul;

/// <summary>Which services, names, tags, checks and meta a task gets in Consul.</summary>
public sealed class ConsulServicesTests
{
    private const string Uuid = "a6a3f8b2-1c2d-11e8-accf-0ed5f89f718b";

    private readonly List<string> _warnings = [];

    [SetUp]
    public void Forget() => _warnings.Clear();

    [Test]
    public void A_labelled_port_wins_over_an_earlier_one_without_the_label()
    {
        var service = Of(Instance("cart", Port(31000), Port(31001, ("consul", "admin")))).Single();

        Assert.That((service.Name, service.Port, service.Id), Is.EqualTo(("admin", 31001, "shop_cart.1_admin_31001")));
    }

    [Test]
    public void Without_a_labelled_port_the_first_one_gets_the_name_of_the_app_label()
    {
        var service = Of(Instance("cart", Port(31000), Port(31001))).Single();

        Assert.That((service.Name, service.Port, service.Address), Is.EqualTo(("cart", 31000, "10.0.0.7")));
    }

    [Test]
    public void A_port_that_wants_none_has_none()
    {
        Assert.That(Of(Instance("cart", Port(31000, ("consul", "false")))), Is.Empty);
        Assert.That(_warnings, Is.Empty);
    }

    [Test]
    public void Each_labelled_port_is_a_service()
    {
        var services = Of(Instance("true", Port(31000, ("consul", "web")), Port(31001, ("consul", "admin"))));

        Assert.That(services.Select(s => s.Id), Is.EqualTo(["shop_cart.1_web_31000", "shop_cart.1_admin_31001"]));
    }

    [Test]
    public void Each_name_of_a_port_is_a_service_and_tags_for_one_name_go_only_there()
    {
        var services = Of(Instance("true", Port(
            31000, ("consul", "web, api,web"), ("all", "tag"), ("only-api", "tag:api"), ("neither", "tag:other"), ("no", "value"))));

        Assert.That(services.Select(s => s.Name), Is.EqualTo(["web", "api"]));
        Assert.That(services[0].Tags, Is.EqualTo(["all", "marathon", "marathon-task:shop_cart.1"]));
        Assert.That(services[1].Tags, Is.EqualTo(["all", "only-api", "marathon", "marathon-task:shop_cart.1"]));
    }

    [Test]
    public void Tags_are_those_of_the_port_of_the_app_the_one_of_all_and_that_of_the_task()
    {
        var instance = Instance("cart", Port(31000, ("port-tag", "tag"))) with
        {
            Labels = new Dictionary<string, string> { ["consul"] = "cart", ["app-tag"] = "tag", ["team"] = "checkout", ["marathon"] = "tag" },
        };

        Assert.That(Of(instance).Single().Tags, Is.EqualTo(["port-tag", "app-tag", "marathon", "marathon-task:shop_cart.1"]));
    }

    [Test]
    public void The_number_of_another_port_stands_in_a_tag_and_an_unknown_name_stays()
    {
        var instance = Instance("cart", Port(31000, ("admin:{port:admin}", "tag"), ("{port:none}", "tag")), Port(31001) with { Name = "admin" });

        Assert.That(Of(instance).Single().Tags.Take(2), Is.EqualTo(["admin:31001", "{port:none}"]));
    }

    [TestCase("true")]
    [TestCase("")]
    [TestCase("not valid!")]
    public void Without_a_usable_name_the_service_is_called_after_the_app(string label)
    {
        var service = Of(Instance(label, Port(31000)) with { Id = $"com.example_example-app.{Uuid}" }).Single();

        Assert.That(service.Name, Is.EqualTo("com.example.example-app"));
        Assert.That(_warnings, Has.Count.EqualTo(label == "not valid!" ? 1 : 0));
        Assert.That(_warnings, Has.All.Contain("\"not valid!\"").And.All.Contain("com.example.example-app"));
    }

    [TestCase($"shop_cart.{Uuid}", "shop.cart")]
    [TestCase($"shop_cart.instance-{Uuid}._app.1", "shop.cart")]
    [TestCase($"shop_cart.instance-{Uuid}._app", "shop.cart")]
    [TestCase($"shop_cart.marathon-{Uuid}", "shop.cart")]
    [TestCase($"v1.5_cart.instance-{Uuid}.web.12", "v1.5.cart")]
    [TestCase("cart.17", "cart")]
    [TestCase("cart", "cart")]
    [TestCase("a/b_c.1", "a-b.c")]
    public void The_name_of_an_app_is_found_in_the_ids_of_every_Marathon(string taskId, string name) =>
        Assert.That(ConsulNames.Of(taskId), Is.EqualTo(name));

    [TestCase("/shop/cart", "shop.cart")]
    [TestCase("web_1", "web_1")]
    public void A_name_may_be_a_path(string label, string name) => Assert.That(Of(Instance(label, Port(1))).Single().Name, Is.EqualTo(name));

    [Test]
    public void A_task_without_any_usable_name_is_an_error()
    {
        var instance = Instance("true", Port(31000)) with { Id = "_!.1" };

        Assert.That(
            () => Of(instance),
            Throws.TypeOf<InvalidTaskException>().With.Message.StartsWith("label consul is \"true\" and the task's id \"_!.1\": neither "));
    }

    [Test]
    public void A_task_without_ports_is_not_registered_and_that_is_told()
    {
        Assert.That(Of(Instance("cart")), Is.Empty);
        Assert.That(Of(Instance("cart", Port(0))), Is.Empty);
        Assert.That(_warnings, Has.Count.EqualTo(2).And.All.Contain("no port"));
    }

    [Test]
    public void Meta_names_task_framework_and_version_and_none_is_too_long_for_Consul()
    {
        var meta = Of(Instance("cart", Port(1)) with { Version = new string('v', 600) }).Single().Meta;

        Assert.That(meta["task"], Is.EqualTo("shop_cart.1"));
        Assert.That(meta["framework"], Is.EqualTo("marathon"));
        Assert.That(meta["version"], Has.Length.EqualTo(512));
        Assert.That(Of(Instance("cart", Port(1))).Single().Meta.Keys, Does.Not.Contain("version"));
    }

    [TestCase("http", 31000, "HTTP", "http://10.0.0.7:8080/health?a=b")]
    [TestCase("https", 31000, "HTTP", "https://10.0.0.7:8080/health?a=b")]
    [TestCase("tcp", 31000, "TCP", "10.0.0.7:8080")]
    public void A_check_that_Consul_does_is_that_of_the_task_with_its_own_port_and_scheme(string scheme, int port, string kind, string value)
    {
        var check = Of(WithCheck("http", scheme, port)).Single().Check!;

        Assert.That((check.Id, check.Kind, check.Value, check.IsTold), Is.EqualTo(("service:shop_cart.1_cart_31000", kind, value, false)));
        Assert.That(check.Probing, Is.EqualTo((TimeSpan.FromSeconds(10), (TimeSpan?)TimeSpan.FromSeconds(2))));
        Assert.That(check.DeregisterAfter, Is.EqualTo(TimeSpan.FromMinutes(5)));
    }

    [Test]
    public void A_certificate_that_the_executor_does_not_verify_Consul_does_not_either()
    {
        var instance = WithCheck("http", "https", 31000);

        Assert.That(Of(instance).Single().Check!.VerifyTls, Is.True);
        Assert.That(Of(instance with { Check = instance.Check! with { VerifyTls = false } }).Single().Check!.VerifyTls, Is.False);
    }

    [Test]
    public void An_IPv6_address_stands_in_brackets_where_a_port_follows()
    {
        var instance = WithCheck("http", "tcp", 31000) with { Address = "fd00::7" };

        Assert.That(Of(instance).Single().Check!.Value, Is.EqualTo("[fd00::7]:8080"));
        Assert.That(Of(instance).Single().Address, Is.EqualTo("fd00::7"));
    }

    [TestCase("command")]
    [TestCase(null)]
    public void What_Consul_cannot_check_it_is_told(string? scheme)
    {
        var check = Of(WithCheck("http", scheme, 31000)).Single().Check!;

        Assert.That((check.Kind, check.Value, check.IsTold), Is.EqualTo(("TTL", "30s", true)));
        Assert.That(_warnings.Single(), Does.Contain("consul-check"));
    }

    [Test]
    public void By_default_Consul_is_told_and_without_a_check_it_is_not()
    {
        Assert.That(Of(Instance("cart", Port(1))).Single().Check!.Kind, Is.EqualTo("TTL"));
        Assert.That(Of(WithCheck("none", "http", 1)).Single().Check, Is.Null);
        Assert.That(_warnings, Is.Empty);
        Assert.That(
            () => Of(WithCheck("script", "http", 1)),
            Throws.TypeOf<InvalidTaskException>().With.Message.EqualTo("label consul-check is \"script\": accepted is ttl, http, none"));
    }

    private IReadOnlyList<ConsulService> Of(ServiceInstance instance) =>
        new ConsulServices("marathon", TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), _warnings.Add).Of(instance);

    private static ServiceInstance WithCheck(string label, string? scheme, int port) => Instance("cart", Port(port)) with
    {
        Labels = new Dictionary<string, string> { ["consul"] = "cart", ["consul-check"] = label },
        Check = scheme is null ? null : new ServiceCheck(scheme, 8080, "/health?a=b", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2)),
    };

    private static ServiceInstance Instance(string label, params ServicePort[] ports) => new()
    {
        Id = "shop_cart.1",
        Address = "10.0.0.7",
        Ports = ports,
        Labels = new Dictionary<string, string> { ["consul"] = label },
        Framework = "marathon",
    };

    private static ServicePort Port(int number, params (string Key, string Value)[] labels) =>
        new(number, null, "tcp", labels.ToDictionary(label => label.Key, label => label.Value));
}
