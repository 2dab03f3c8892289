using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Threading.Channels;

namespace Executor.Tests.Fakes;

/// <summary>
/// Consul's agent with its catalogue in memory. A request that the API's documentation does not know is answered with 400
/// and makes <see cref="DisposeAsync"/> throw. Time-outs are those of the clock that it is given.
/// </summary>
/// <param name="token">What every request has to bring; null is nothing.</param>
internal sealed class ConsulFake(
    TimeProvider time, string? token = null, X509Certificate2? certificate = null, string? socketPath = null) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _services = [];
    private readonly List<string> _violations = [];
    private readonly List<string> _requests = [];
    private readonly Channel<(string Request, long Answered)> _answered = Channel.CreateUnbounded<(string, long)>();
    private LoopbackServer? _server;

    private sealed record Entry(JsonElement Registration, string Status, string Output, long Since);

    public string Address => socketPath is null ? $"127.0.0.1:{Port}" : $"unix://{socketPath}";

    public int Port { get; private set; }

    /// <summary>Answers instead of the agent, or later than it: null goes on with the request.</summary>
    public Func<LoopbackRequest, CancellationToken, Task<LoopbackResponse?>>? Intercept { get; set; }

    /// <summary>Whether health queries find what the agent has: an agent tells the servers a little later.</summary>
    public bool IsSynced { get; set; } = true;

    /// <summary>Every request so far, in order: method and path.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_lock) return [.. _requests];
        }
    }

    /// <summary>The ids of the services that are there.</summary>
    public IReadOnlyList<string> Ids
    {
        get
        {
            lock (_lock) return [.. Alive().Order(StringComparer.Ordinal)];
        }
    }

    public ConsulFake Start()
    {
        _server = new LoopbackServer(AnswerAsync, certificate, socketPath);
        _server.Start(Port);
        if (socketPath is null) Port = _server.Port;
        return this;
    }

    /// <summary>The agent goes; <see cref="Start"/> brings it back at the same address, with what it knew.</summary>
    public async Task StopAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _server = null;
    }

    public void LoseServices()
    {
        lock (_lock) _services.Clear();
    }

    /// <summary>A service as it was registered.</summary>
    public JsonElement Registration(string id)
    {
        lock (_lock) return _services[id].Registration;
    }

    /// <summary>Null where there is no such service; passing where it has no check.</summary>
    public string? Status(string id)
    {
        lock (_lock) return Alive().Contains(id) ? Now(_services[id]).Status : null;
    }

    /// <summary>Waits until a request that begins so was answered; what was answered before it is dropped.</summary>
    /// <returns>When, as a timestamp of the clock.</returns>
    public async Task<long> AnsweredAsync(string request, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (next, answered) = await _answered.Reader.ReadAsync(cancellationToken);
            if (next.StartsWith(request, StringComparison.Ordinal)) return answered;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_violations.Count > 0) throw new InvalidOperationException($"Consul would have refused: {string.Join("; ", _violations)}");
    }

    private async Task<LoopbackResponse?> AnswerAsync(LoopbackRequest request, CancellationToken over)
    {
        lock (_lock) _requests.Add(request.ToString());
        var response = Intercept is null ? null : await Intercept(request, over);
        if (response is null)
        {
            lock (_lock) response = Answer(request);
        }

        _answered.Writer.TryWrite((request.ToString(), time.GetTimestamp()));
        return response.Status == 0 ? null : response;
    }

    private LoopbackResponse Answer(LoopbackRequest request)
    {
        if (request.Query.Keys.Except(["ns", "partition", "passing"]).FirstOrDefault() is { } key) return Violation($"{request}: query {key}");
        if (token is not null && request.Headers.GetValueOrDefault("X-Consul-Token") != token) return new(403, "Permission denied: token lacks permission 'service:write'");
        return request switch
        {
            { Method: "PUT", Path: "/v1/agent/service/register" } => Register(request),
            { Method: "PUT", Path: var path } when After(path, "/v1/agent/service/deregister/") is { } id => Deregister(id),
            { Method: "PUT", Path: var path } when After(path, "/v1/agent/check/update/service:") is { } id => Update(id, request),
            { Method: "GET", Path: var path } when After(path, "/v1/agent/service/") is { } id => Alive().Contains(id)
                ? new(200, _services[id].Registration.GetRawText())
                : new(404, $"unknown service ID: {id}"),
            { Method: "GET", Path: var path } when After(path, "/v1/health/service/") is { } name => Health(name, request.Query.ContainsKey("passing")),
            { Method: "GET", Path: "/v1/status/leader" } => new(200, "\"127.0.0.1:8300\""),
            _ => Violation($"{request}: no such request"),
        };
    }

    private static string? After(string path, string prefix) =>
        path.StartsWith(prefix, StringComparison.Ordinal) && path.Length > prefix.Length ? path[prefix.Length..] : null;

    private LoopbackResponse Register(LoopbackRequest request)
    {
        var body = JsonDocument.Parse(request.Body).RootElement;
        if (ConsulSchema.OfRegistration(body) is { } error) return Violation($"{request}: {error}");
        var status = !body.TryGetProperty("Check", out var check) ? "passing"
            : check.TryGetProperty("Status", out var initial) ? initial.GetString()! : "critical";
        _services[body.GetProperty("ID").GetString()!] = new Entry(body, status, "", time.GetTimestamp());
        return new(200, "");
    }

    private LoopbackResponse Deregister(string id) => Alive().Contains(id) && _services.Remove(id)
        ? new(200, "")
        : new(404, $"Unknown service ID \"{id}\". Ensure that the service ID is passed, not the service name.");

    private LoopbackResponse Update(string id, LoopbackRequest request)
    {
        var body = JsonDocument.Parse(request.Body).RootElement;
        if (ConsulSchema.OfUpdate(body) is { } error) return Violation($"{request}: {error}");
        if (!Alive().Contains(id) || Ttl(_services[id]) is null)
            return new(404, $"Unknown check ID \"service:{id}\". Ensure that the check ID is passed, not the check name.");
        _services[id] = _services[id] with
        {
            Status = body.GetProperty("Status").GetString()!,
            Output = body.GetProperty("Output").GetString()!,
            Since = time.GetTimestamp(),
        };
        return new(200, "");
    }

    private LoopbackResponse Health(string name, bool passing) => new(200, $"[{string.Join(',', Alive()
        .Where(id => IsSynced && _services[id].Registration.GetProperty("Name").GetString() == name)
        .Where(id => !passing || Now(_services[id]).Status == "passing")
        .Select(id => $$"""{"Node":{"Address":"127.0.0.1"},"Service":{{Found(_services[id].Registration)}},"Checks":[]}"""))}]");

    /// <summary>Where a service has no address of its own, its is empty.</summary>
    private static string Found(JsonElement registration)
    {
        return $$$"""{"ID":{{{Field("ID", "")}}},"Address":{{{Field("Address", "\"\"")}}},"Port":{{{Field("Port", "0")}}}}""";

        string Field(string name, string none) => registration.TryGetProperty(name, out var value) ? value.GetRawText() : none;
    }

    /// <summary>Removes what was critical for too long.</summary>
    private List<string> Alive()
    {
        foreach (var (id, entry) in _services.ToArray())
        {
            var (status, since) = Now(entry);
            if (status == "critical"
                && entry.Registration.GetProperty("Check").TryGetProperty("DeregisterCriticalServiceAfter", out var after)
                && since > ConsulSchema.Parse(after.GetString()!))
                _services.Remove(id);
        }

        return [.. _services.Keys];
    }

    /// <returns>The status, and for how long it has been that.</returns>
    private (string Status, TimeSpan Since) Now(Entry entry)
    {
        var age = time.GetElapsedTime(entry.Since);
        return Ttl(entry) is { } ttl && entry.Status == "passing" && age > ttl ? ("critical", age - ttl) : (entry.Status, age);
    }

    private static TimeSpan? Ttl(Entry entry) =>
        entry.Registration.TryGetProperty("Check", out var check) && check.TryGetProperty("TTL", out var ttl)
            ? ConsulSchema.Parse(ttl.GetString()!)
            : null;

    private LoopbackResponse Violation(string text)
    {
        _violations.Add(text);
        return new(400, text);
    }
}
