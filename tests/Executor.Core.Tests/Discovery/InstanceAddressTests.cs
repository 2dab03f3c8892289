using System.Net.Sockets;
using Executor.Core.Discovery;
using Executor.Core.Hooks;

namespace Executor.Core.Tests.Discovery;

public sealed class InstanceAddressTests
{
    [Test]
    public void A_name_server_that_does_not_answer_is_worth_another_try() => Assert.That(
        InstanceAddress.Failure("web.example", AddressFamily.InterNetwork, new SocketException((int)SocketError.TryAgain)),
        Is.TypeOf<UnavailableException>().With.Message.StartsWith("the task's address web.example cannot be resolved now: "));

    [Test]
    public void A_name_that_is_not_known_is_final() => Assert.That(
        InstanceAddress.Failure("web.example", AddressFamily.InterNetwork, new SocketException((int)SocketError.HostNotFound)),
        Is.TypeOf<HookException>().With.Message.StartsWith("the task's address web.example has no IPv4 address: "));
}
