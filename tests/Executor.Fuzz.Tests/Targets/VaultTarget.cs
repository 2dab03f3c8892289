using Executor.Core.Hooks;
using Executor.Core.Secrets;
using Executor.Core.Secrets.Stores;
using Executor.Fuzz.Tests.Engine;
using Executor.Tests.Fakes.Https;
using NLog;

namespace Executor.Fuzz.Tests.Targets;

/// <summary>
/// The answers of a Vault, over HTTPS, to the login, the question for the mount and the reading: the first letter chooses
/// the status, the rest is the body of all three.
/// </summary>
internal sealed class VaultTarget : FuzzTarget
{
    private static readonly TestAuthority Authority = new();

    private readonly Lazy<(HttpsServer Server, StoreClient Client)> _vault;
    private byte[] _answer = [];

    public VaultTarget() => _vault = new(Start);

    public override IEnumerable<byte[]> Seeds =>
    [
        Bytes("""0{"lease_id":"","auth":{"client_token":"t"},"data":{"path":"secret/","type":"kv","options":{"version":"2"},"data":{"A":"b"},"metadata":{"version":7}}}"""),
        Bytes("""0{"auth":{"client_token":"t"},"data":{"path":"secret/","type":"kv","options":null,"A":"b"}}"""),
        Bytes("""1{"errors":["permission denied","no\nmore"]}"""),
        Bytes("3<html>\n</html>"),
    ];

    public override IReadOnlyList<string> Words =>
    [
        "\"auth\":", "\"client_token\":", "\"data\":", "\"options\":", "\"version\":", "\"metadata\":", "\"lease_id\":", "\"path\":\"secret/\"", "\"type\":\"kv\"", "\"type\":\"kv\\n\"", "\"errors\":[",
        "\"\\ud800\"", "\"\\ud800\":1", "\"a\\r\\nb\"", "[[[[",
    ];

    public override void Check(ReadOnlyMemory<byte> input)
    {
        _answer = input.ToArray();
        var (server, client) = _vault.Value;
        server.Requests.Clear();
        var store = new VaultStore(
            new Uri($"{server.Address}/secret/x"), null, null, client, TimeProvider.System, LogManager.CreateNullLogger(), _ => { });
        try
        {
#pragma warning disable VSTHRD002 // a target has its thread to itself
            var document = store.FetchAsync(CancellationToken.None).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
            ConfigurationDocument.Parse(document.Content);
        }
        catch (Exception e) when (e is HookException or UnavailableException)
        {
            AssertOneLine(e.Message);
        }
    }

    private (HttpsServer Server, StoreClient Client) Start()
    {
#pragma warning disable VSTHRD002 // as above
        var server = HttpsServer.StartAsync(Authority, context =>
        {
            context.Response.StatusCode = _answer switch
            {
                [(byte)'1', ..] => 403,
                [(byte)'2', ..] => 404,
                [(byte)'3', ..] => 500,
                _ => 200,
            };
            return context.Response.Body.WriteAsync(_answer.AsMemory(Math.Min(1, _answer.Length))).AsTask();
        }).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        var own = Authority.Issue("app");
        var environment = new Dictionary<string, string> { ["CERTIFICATE"] = own.Pem, ["CERTIFICATE_KEY"] = own.KeyPem };
        return (server, new StoreClient(Identity.Read(environment, null, TimeProvider.System, _ => { }), [Authority.Root]));
    }
}
