using System.Text.Json;
using Executor.Core.Discovery.Consul;
using Executor.Fuzz.Tests.Engine;

namespace Executor.Fuzz.Tests.Targets;

/// <summary>The answers to health queries: addresses that can be connected to, or the one exception that is caught.</summary>
internal sealed class ConsulTarget : FuzzTarget
{
    public override IEnumerable<byte[]> Seeds =>
    [
        Bytes("""[{"Node":{"Node":"n","Address":"10.0.0.1"},"Service":{"ID":"web_1","Service":"web","Address":"10.0.0.2","Port":80,"Tags":null},"Checks":[]}]"""),
        Bytes("""[{"Node":{"Address":"10.0.0.1"},"Service":{"ID":"web_1","Address":"","Port":8080}},{"Node":{"Address":"::1"},"Service":{"ID":"x","Address":null,"Port":1}}]"""),
        Bytes("[]"),
    ];

    public override IReadOnlyList<string> Words => ["\"Service\":", "\"Node\":", "\"Address\":", "\"ID\":", "\"Port\":", "web_1", "\"\\ud800\"", "[[[[", "{}", "65536"];

    public override void Check(ReadOnlyMemory<byte> input)
    {
        try
        {
            _ = ConsulJson.Holds(input, "web_1");
        }
        catch (JsonException)
        {
            // The one that the callers expect.
        }

        try
        {
            foreach (var address in ConsulJson.Addresses(input))
                AssertThat(address.Port is > 0 and <= ushort.MaxValue && address.Host.Length > 0, $"nobody is at {address}");
        }
        catch (JsonException)
        {
            // As above.
        }
    }
}
