using Executor.Core.Hooks;

namespace Executor.Core.Tests.Hooks;

public sealed class TaskAddressTests
{
    [TestCase("/warm", "http://10.0.0.7:31000/warm")]
    [TestCase("/warm?up=1", "http://10.0.0.7:31000/warm?up=1")]
    [TestCase("http://:PORT1/warm", "http://10.0.0.7:31001/warm")]
    [TestCase("https://:PORT_ADMIN", "https://10.0.0.7:31001/")]
    [TestCase("http://127.0.0.1:8080/", "http://127.0.0.1:8080/")]
    [TestCase("http://[::1]:8080/", "http://[::1]:8080/")]
    [TestCase("http://localhost:8080/", "http://localhost:8080/")]
    public void The_task_itself_is_named(string text, string address) =>
        Assert.That(Parse(text, "10.0.0.7")?.AbsoluteUri, Is.EqualTo(address));

    [TestCase("http://10.0.0.8:8080/")]
    [TestCase("http://elsewhere.example:8080/")]
    [TestCase("http://user@127.0.0.1:8080/")]
    [TestCase("http://:PORT2/")]
    [TestCase("http://:0/")]
    [TestCase("http://:70000/")]
    [TestCase("ftp://:PORT0/")]
    [TestCase("warm")]
    public void Nobody_else_is(string text) => Assert.That(Parse(text, "10.0.0.7"), Is.Null);

    [Test]
    public void A_host_may_be_an_IPv6_address_and_may_be_missing()
    {
        Assert.That(Parse("/", "fd00::1")?.AbsoluteUri, Is.EqualTo("http://[fd00::1]:31000/"));
        Assert.That(Parse("/", "")?.AbsoluteUri, Is.EqualTo("http://127.0.0.1:31000/"));
    }

    private static Uri? Parse(string text, string host) => TaskAddress.Parse(text, Hooked.Task(environment: new Dictionary<string, string>
    {
        ["HOST"] = host,
        ["PORT0"] = "31000",
        ["PORT1"] = "31001",
        ["PORT_ADMIN"] = "31001",
    }));
}
