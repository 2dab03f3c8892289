using System.Text;
using System.Text.Json;
using Executor.Core.Configuration;
using Executor.Core.Discovery.Consul;

namespace Executor.Core.Tests.Discovery.Consul;

public sealed class ConsulJsonTests
{
    [TestCase("\"Address\":\"10.0.0.2\",\"Port\":0")]
    [TestCase("\"Address\":\"10.0.0.2\",\"Port\":165535")]
    [TestCase("\"Address\":\"10.0.0.2\",\"Port\":-1")]
    [TestCase("\"Address\":\"no host\",\"Port\":80")]
    public void An_instance_that_nobody_can_connect_to_is_left_out(string service)
    {
        var answer = $$$"""[{"Service":{{{{service}}}}},{"Node":{"Address":"::1"},"Service":{"Address":"","Port":5001}}]""";

        Assert.That(ConsulJson.Addresses(Encoding.UTF8.GetBytes(answer)), Is.EqualTo([new HostAndPort("::1", 5001)]));
    }

    [TestCase("""[{"S\udc00ervice":{"ID":"a"}}]""")]
    [TestCase("""[{"Service":{"ID":"\udc00"}}]""")]
    [TestCase("""[{"Service":{"I\udc00":"a"}}]""")]
    [TestCase("[")]
    public void An_answer_that_is_no_text_throws_what_is_documented(string answer)
    {
        Assert.That(() => ConsulJson.Holds(Encoding.UTF8.GetBytes(answer), "a"), Throws.InstanceOf<JsonException>());
        Assert.That(() => ConsulJson.Addresses(Encoding.UTF8.GetBytes(answer)), Throws.InstanceOf<JsonException>());
    }
}
