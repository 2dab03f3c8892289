using System.Text;
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
        var answer = $$"""[{"Service":{{{service}}}},{"Node":{"Address":"::1"},"Service":{"Address":"","Port":5001}}]""";

        Assert.That(ConsulJson.Addresses(Encoding.UTF8.GetBytes(answer)), Is.EqualTo([new HostAndPort("::1", 5001)]));
    }
}
