using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Executor.Core.Tests.Discovery.Vaas;

/// <summary>What a request to the fake comes to.</summary>
internal enum VaasFault
{
    None,
    Refuse,
    Fail,
    DoThenFail,
    Hang,
    DoThenHang,
}

/// <summary>
/// VaaS's API on loopback: Tastypie's lists in small pages, the uniqueness of backends, tasks that reload. A request that
/// the real one would not have understood is refused and fails the test that disposes of the fake.
/// </summary>
internal sealed class VaasFake : IAsyncDisposable
{
    public const string Username = "deploy";
    public const string Token = "s3cret+key";
    private const string Root = "/api/v0.1/";
    private const int PageSize = 2;

    private readonly HttpListener _listener = new();
    private readonly TaskCompletionSource _released = new();
    private readonly Channel<string> _requests = Channel.CreateUnbounded<string>();
    private readonly Lock _lock = new();
    private readonly List<string> _complaints = [];
    private readonly Task _serving;
    private int _lastId = 100;
    private int _polls;

    public VaasFake()
    {
        while (true)
        {
            Port = Random.Shared.Next(20_000, 32_000);
            _listener.Prefixes.Clear();
            _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
            try
            {
                _listener.Start();
                break;
            }
            catch (HttpListenerException)
            {
                // Taken: try another.
            }
        }

        _serving = ServeAsync();
    }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}";

    public bool InQuery { get; init; }

    /// <summary>Whether a POST is answered at once, with a task.</summary>
    public bool IsAsync { get; init; } = true;

    /// <summary>Whether what was created is in the answer; servers of old sent none.</summary>
    public bool ReturnsData { get; init; } = true;

    /// <summary>What the task says, one answer after the other; the last for ever.</summary>
    public string[] Reloads { get; init; } = ["SUCCESS"];

    /// <summary>Asked with e.g. <c>POST backend/</c>.</summary>
    public Func<string, VaasFault> Fault { get; set; } = _ => VaasFault.None;

    public (int Id, string Symbol)[] Dcs { get; } = [(1, "dc1"), (2, "dc2"), (3, "dc3")];

    public (int Id, string Name)[] Directors { get; } = [(5, "shop"), (6, "cart")];

    /// <summary>As they were created, by id.</summary>
    public Dictionary<int, JsonObject> Backends { get; } = [];

    /// <summary>E.g. <c>GET dc/</c>, as they come.</summary>
    public ChannelReader<string> Requests => _requests.Reader;

    public List<string> Seen()
    {
        var seen = new List<string>();
        while (_requests.Reader.TryRead(out var request)) seen.Add(request);
        return seen;
    }

    /// <summary>Waits for a request; those before it are dropped.</summary>
    public async Task WaitForAsync(string request, CancellationToken cancellationToken)
    {
        while (await _requests.Reader.ReadAsync(cancellationToken) != request)
        {
            // Another one.
        }
    }

    public int Add(string address, int port, int director) => Add(new JsonObject
    {
        ["address"] = address,
        ["port"] = port,
        ["director"] = $"{Root}director/{director}/",
    });

    public async ValueTask DisposeAsync()
    {
        _released.TrySetResult();
        _listener.Close();
        await _serving;
        Assert.That(_complaints, Is.Empty);
    }

    private int Add(JsonObject backend)
    {
        lock (_lock)
        {
            Backends.Add(++_lastId, backend);
            return _lastId;
        }
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true) _ = AnswerAsync(await _listener.GetContextAsync());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var body = await reader.ReadToEndAsync();
        var path = context.Request.Url!.AbsolutePath;
        var request = $"{context.Request.HttpMethod} {(path.StartsWith(Root, StringComparison.Ordinal) ? path[Root.Length..] : path)}";
        var fault = Fault(request);
        var (status, answer) = (500, $"it broke, {context.Request.Url.Query}");
        try
        {
            CheckHead(context.Request);
            if (fault is VaasFault.None or VaasFault.DoThenFail or VaasFault.DoThenHang)
            {
                lock (_lock) (status, answer) = Answer(request, context, body);
            }
        }
        catch (Exception e)
        {
            lock (_lock) _complaints.Add($"{request} {body}: {e.Message}");
            (status, answer) = (400, e.Message);
        }

        _requests.Writer.TryWrite(request);
        if (fault is VaasFault.Hang or VaasFault.DoThenHang) await _released.Task;
        if (fault is VaasFault.DoThenFail) status = 500;
        if (fault is VaasFault.Refuse) status = 403;
        try
        {
            context.Response.StatusCode = status;
            await using var output = new StreamWriter(context.Response.OutputStream);
            await output.WriteAsync(answer);
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
        {
            // Nobody waits any more.
        }
    }

    private void CheckHead(HttpListenerRequest request)
    {
        Expect(request.Headers["Accept"] == "application/json", "Accept");
        Expect(request.ContentType == "application/json", "Content-Type");
        Expect(request.Headers["Prefer"] == (request.HttpMethod == "GET" ? null : "respond-async"), "Prefer");
        Expect(request.Headers["Authorization"] == (InQuery ? null : $"ApiKey {Username}:{Token}"), "Authorization");
        Expect(request.QueryString["username"] == (InQuery ? Username : null), "username");
        Expect(request.QueryString["api_key"] == (InQuery ? Token : null), "api_key");
    }

    private (int Status, string Body) Answer(string request, HttpListenerContext context, string body)
    {
        var query = context.Request.QueryString.AllKeys.Except(["username", "api_key"]).Order().ToArray();
        var parts = request.Split('/');
        switch (parts[0], parts.Length)
        {
            case ("GET dc", 2):
                Expect(query.SequenceEqual(["limit", "offset"]), "query");
                return Page(context.Request, Dcs.Select(dc => new JsonObject
                {
                    ["id"] = dc.Id,
                    ["name"] = dc.Symbol,
                    ["symbol"] = dc.Symbol,
                    ["resource_uri"] = $"{Root}dc/{dc.Id}/",
                }));
            case ("GET director", 2):
                Expect(query.SequenceEqual(["limit", "name", "offset"]), "query");
                return Page(context.Request, Directors.Where(d => d.Name == context.Request.QueryString["name"]).Select(d => new JsonObject
                {
                    ["id"] = d.Id,
                    ["name"] = d.Name,
                    ["backends"] = new JsonArray(),
                }));
            case ("GET backend", 2):
                Expect(query.SequenceEqual(["address", "director__name", "limit", "offset", "port"]), "query");
                // As a server that knows no filter: everybody's.
                return Page(context.Request, Backends.Select(found => new JsonObject
                {
                    ["id"] = found.Key,
                    ["address"] = (string)found.Value["address"]!,
                    ["port"] = (int)found.Value["port"]!,
                    ["director"] = (string)found.Value["director"]!,
                    ["status"] = "Unknown",
                }));
            case ("GET task", 3):
                Expect(query.Length == 0, "query");
                var number = int.Parse(parts[1]["t-".Length..]);
                var state = Reloads[Math.Min(_polls++, Reloads.Length - 1)];
                return (200, $$"""{"info": "on node {{number}}", "status": "{{state}}", "resource_uri": ""}""");
            case ("POST backend", 2):
                Expect(query.Length == 0, "query");
                return Create(context, JsonNode.Parse(body)!.AsObject());
            case ("DELETE backend", 3):
                Expect(query.Length == 0 && body.Length == 0, "query or body");
                return Backends.Remove(int.Parse(parts[1])) ? (202, "") : (404, "");
            default:
                throw new InvalidOperationException("no such resource");
        }
    }

    private (int Status, string Body) Create(HttpListenerContext context, JsonObject backend)
    {
        foreach (var (name, value) in backend)
        {
            Expect(
                name switch
                {
                    "address" => IPAddress.Parse((string)value!).ToString() == (string)value!,
                    "port" => (int)value! is > 0 and < 65536,
                    "director" => Directors.Any(d => (string)value! == $"{Root}director/{d.Id}/"),
                    "dc" => Dcs.Any(dc => (string)value! == $"{Root}dc/{dc.Id}/"),
                    "inherit_time_profile" => (bool)value!,
                    "weight" => (int)value! is >= 0 and <= 100,
                    "tags" => value!.AsArray().All(tag => tag!.GetValueKind() == JsonValueKind.String),
                    _ => false,
                },
                name);
        }

        Expect(backend.ContainsKey("address") && backend.ContainsKey("director") && backend.ContainsKey("dc"), "fields");
        string[] key = ["address", "port", "director"];
        if (Backends.Values.Any(other => key.All(name => JsonNode.DeepEquals(other[name], backend[name]))))
            return (400, """{"backend": {"__all__": ["Backend with this Address, Port and Director already exists."]}}""");
        var id = Add(backend);
        if (IsAsync) context.Response.Headers["Location"] = $"{Root}task/t-{id}/";
        else context.Response.Headers["Location"] = $"{Url}{Root}backend/{id}/";
        return (IsAsync ? 202 : 201, ReturnsData ? $$"""{"id": {{id}}, "status": "Unknown"}""" : "");
    }

    private static (int Status, string Body) Page(HttpListenerRequest request, IEnumerable<JsonObject> all)
    {
        var offset = int.Parse(request.QueryString["offset"]!);
        var limit = Math.Min(PageSize, int.Parse(request.QueryString["limit"]!));
        JsonNode[] rest = [.. all.Skip(offset)];
        return (200, new JsonObject
        {
            ["meta"] = new JsonObject
            {
                ["limit"] = limit,
                ["next"] = rest.Length > limit ? $"{request.Url!.AbsolutePath}?limit={limit}&offset={offset + limit}" : null,
                ["offset"] = offset,
            },
            ["objects"] = new JsonArray(rest[..Math.Min(limit, rest.Length)]),
        }.ToJsonString());
    }

    private static void Expect(bool fact, string what)
    {
        if (!fact) throw new InvalidOperationException($"{what} is not as VaaS takes it");
    }
}
