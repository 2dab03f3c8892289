using System.Net;
using Executor.Core.Ports;

namespace Executor.Core.Tests.Ports;

public sealed class UpidTests
{
    [TestCase("slave(1)@127.0.0.1:5051", "slave(1)", "127.0.0.1", 5051)]
    [TestCase("executor(1)@[::1]:65535", "executor(1)", "::1", 65535)]
    [TestCase("a@b@10.0.0.1:1", "a@b", "10.0.0.1", 1)]
    public void A_pid_is_a_name_an_address_and_a_port(string text, string id, string address, int port)
    {
        Assert.That(Upid.TryParse(text, out var upid), Is.True);
        Assert.That(upid, Is.EqualTo(new Upid(id, new IPEndPoint(IPAddress.Parse(address), port))));
    }

    [TestCase("slave(1)@127.0.0.1:5051")]
    [TestCase("executor(1)@[::1]:65535")]
    public void A_pid_is_written_as_it_is_read(string text)
    {
        Assert.That(Upid.TryParse(text, out var upid), Is.True);
        Assert.That(upid?.ToString(), Is.EqualTo(text));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("slave(1)")]
    [TestCase("@127.0.0.1:5051")]
    [TestCase("slave(1)@")]
    [TestCase("slave(1)@:5051")]
    [TestCase("slave(1)@127.0.0.1")]
    [TestCase("slave(1)@127.0.0.1:")]
    [TestCase("slave(1)@127.0.0.1:0")]
    [TestCase("slave(1)@127.0.0.1:65536")]
    [TestCase("slave(1)@127.0.0.1:-1")]
    [TestCase("slave(1)@127.1:5051")]
    [TestCase("slave(1)@127.0.0.1:5051x")]
    [TestCase("slave(1)@agent.example:5051")]
    [TestCase("slave(1)@::1")]
    public void Anything_else_is_no_pid(string? text)
    {
        Assert.That(Upid.TryParse(text, out var upid), Is.False);
        Assert.That(upid, Is.Null);
    }
}
