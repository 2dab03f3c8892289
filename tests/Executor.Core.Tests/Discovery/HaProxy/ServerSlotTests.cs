using System.Net;
using Executor.Core.Discovery.HaProxy;

namespace Executor.Core.Tests.Discovery.HaProxy;

public sealed class ServerSlotTests
{
    private const string Header = "1\n# srv_name srv_addr srv_admin_state srv_port\n";

    [Test]
    public void A_table_is_read()
    {
        var slots = ServerSlot.ParseTable($"{Header}a 10.0.0.1 0 80\nb - 5 0\n")!;

        Assert.That(slots, Is.EqualTo(new ServerSlot[] { new("a", new IPEndPoint(IPAddress.Parse("10.0.0.1"), 80), 0), new("b", null, 5) }));
    }

    [TestCase("No such backend.")]
    [TestCase(Header + "a 10.0.0.1 0 65536")]
    [TestCase(Header + "a 10.0.0.1 0 -1")]
    [TestCase(Header + "a 10.0.0.1 x 80")]
    [TestCase(Header + "a 10.0.0.1 99999999999 80")]
    public void What_is_no_table_is_none(string text) => Assert.That(ServerSlot.ParseTable(text), Is.Null);
}
