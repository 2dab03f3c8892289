using Executor.Core.Discovery.Vaas;
using Executor.Core.Hooks;
using static Executor.Core.Tests.Discovery.Vaas.VaasInstances;

namespace Executor.Core.Tests.Discovery.Vaas;

/// <summary>What an instance's labels make of it.</summary>
public sealed class VaasBackendTests
{
    [TestCase("frontend-sync:cart", 31001)]
    [TestCase("frontend-sync:shop", 31000)]
    [TestCase(null, 31000)]
    public void The_port_labelled_for_the_director_is_taken_else_the_first(string? label, int port) =>
        Assert.That(VaasBackend.Of(Instance(label, ("director", "cart")), null)!.Port, Is.EqualTo(port));

    [TestCase("weight:50", "tag", null, 50)]
    [TestCase("weight:0", "tag", null, 0)]
    [TestCase("weight:50", "tag", 20, 20)]
    [TestCase("weight:50", "other", null, null)]
    [TestCase("weight:NaN", "tag", null, null)]
    [TestCase("weight:-1", "tag", null, null)]
    [TestCase("weight:101", "tag", null, null)]
    [TestCase("weight:", "tag", null, null)]
    [TestCase("other", "tag", null, null)]
    public void The_weight_is_that_of_the_setting_else_of_the_label_else_none(string label, string value, int? setting, int? weight) =>
        Assert.That(VaasBackend.Of(Instance(("director", "cart"), (label, value)), setting)!.Weight, Is.EqualTo(weight));

    [Test]
    public void A_weight_that_is_no_number_is_told()
    {
        Assert.That(VaasBackend.Of(Instance(("director", "cart"), ("weight:NaN", "tag")), null)!.IgnoredWeight, Is.EqualTo("weight:NaN"));
        Assert.That(
            VaasBackend.Of(Instance(("director", "cart"), ("weight:!", "tag"), ("weight:7", "tag")), null),
            Has.Property("Weight").EqualTo(7).And.Property("IgnoredWeight").Null);
    }

    [TestCase("true", true)]
    [TestCase("", false)]
    public void A_label_canary_that_is_not_empty_makes_a_canary(string label, bool canary) =>
        Assert.That(VaasBackend.Of(Instance(("director", "cart"), ("canary", label)), null)!.IsCanary, Is.EqualTo(canary));

    [Test]
    public void Without_a_director_there_is_no_backend()
    {
        Assert.That(VaasBackend.Of(Instance(("canary", "true")), null), Is.Null);
        Assert.That(VaasBackend.Of(Instance(("director", "")), null), Is.Null);
    }

    [Test]
    public void A_task_without_ports_is_refused() => Assert.That(
        () => VaasBackend.Of(Instance(("director", "cart")) with { Ports = [] }, null),
        Throws.TypeOf<InvalidTaskException>().With.Message.EqualTo(
            "label director is \"cart\", but the task has no port that VaaS could send traffic to"));

    [Test]
    public void An_address_of_IPv6_is_refused() => Assert.That(
        () => VaasBackend.Of(Instance(("director", "cart")) with { Address = "2001:db8::7" }, null),
        Throws.TypeOf<InvalidTaskException>().With.Message.EqualTo(
            "label director is \"cart\", but the task's address is 2001:db8::7: VaaS accepts IPv4 only"));
}
