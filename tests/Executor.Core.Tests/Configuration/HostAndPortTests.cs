using Executor.Core.Configuration;

namespace Executor.Core.Tests.Configuration;

public sealed class HostAndPortTests
{
    [TestCase("graphite:2003", "graphite", 2003)]
    [TestCase("10.0.0.1:1", "10.0.0.1", 1)]
    [TestCase("[::1]:65535", "::1", 65535)]
    public void A_server_is_a_host_and_a_port(string text, string host, int port)
    {
        Assert.That(HostAndPort.TryParse(text, out var server), Is.True);
        Assert.That(server, Is.EqualTo(new HostAndPort(host, port)));
    }

    [TestCase("graphite")]
    [TestCase("graphite:")]
    [TestCase(":2003")]
    [TestCase("graphite:0")]
    [TestCase("graphite:65536")]
    [TestCase("graphite:-1")]
    [TestCase("::1:2003")]
    [TestCase("a b:2003")]
    [TestCase("tcp://graphite:2003")]
    public void What_is_none_is_refused(string text) => Assert.That(HostAndPort.TryParse(text, out _), Is.False);
}
