using System.Text;
using Executor.Core.Discovery.Vaas;
using Executor.Core.Hooks;
using Executor.Fuzz.Tests.Engine;
using Executor.Tests.Fakes;

namespace Executor.Fuzz.Tests.Targets;

/// <summary>The answers of a VaaS, over HTTP: the first letter chooses the status, the rest is the body.</summary>
internal sealed class VaasTarget : FuzzTarget
{
    private static readonly VaasNewBackend Backend = new("10.0.0.1", 80, "/api/v0.1/director/1/", "/api/v0.1/dc/1/", true, null, null);

    private readonly Lazy<VaasClient> _client;
    private string _body = "";

    public VaasTarget() => _client = new(() =>
    {
        var server = new LoopbackServer((_, _) => Task.FromResult<LoopbackResponse?>(Answer()), null, null);
        server.Start();
        return new VaasClient(new Uri(FormattableString.Invariant($"http://127.0.0.1:{server.Port}")), null, null);
    });

    public override IEnumerable<byte[]> Seeds =>
    [
        Bytes("""0{"meta":{"limit":100,"next":null,"offset":0},"objects":[{"id":1,"symbol":"dc","name":"d","address":"10.0.0.1","port":80,"director":"/api/v0.1/director/1/"}]}"""),
        Bytes("""0{"meta":{"next":null},"objects":[{"id":"1","symbol":"dc","name":"dc","address":"","port":"80","director":""}]}"""),
        Bytes("""1{"id":7}"""),
        Bytes("""2{"status":"FAILURE","info":"x\ny"}"""),
        Bytes("3<html>no\n</html>"),
    ];

    public override IReadOnlyList<string> Words => ["\"meta\":", "\"next\":", "\"objects\":", "\"id\":", "\"symbol\":", "\"status\":", "\"info\":", "\"a\\nb\":", "\"\\ud800\"", "null"];

    public override void Check(ReadOnlyMemory<byte> input)
    {
        _body = Encoding.UTF8.GetString(input.Span);
        var client = _client.Value;
        Try(() => client.FindDcAsync("dc", default));
        Try(() => client.FindBackendsAsync(Backend, "d", default));
        Try(() => client.CreateAsync(Backend, default));
        Try(() => client.ReloadAsync("t", default));
    }

    /// <summary>Each time the same, so that a list with a next page never ends.</summary>
    private LoopbackResponse Answer() => _body switch
    {
        ['1', .. var rest] => new LoopbackResponse(202, rest),
        ['2', .. var rest] => new LoopbackResponse(404, rest),
        ['3', .. var rest] => new LoopbackResponse(500, rest),
        [_, .. var rest] => new LoopbackResponse(200, rest),
        _ => new LoopbackResponse(200, ""),
    };

    private static void Try(Func<Task> ask)
    {
        try
        {
#pragma warning disable VSTHRD002 // a target has its thread to itself
            ask().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        }
        catch (Exception e) when (e is HookException or UnavailableException)
        {
            AssertOneLine(e.Message);
        }
    }
}
