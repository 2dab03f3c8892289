using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Executor.Tests.Fakes.Https;

/// <summary>
/// The part of Vault's HTTP API that a reader of KV secrets with a certificate sees, as its documentation describes it:
/// login by certificate, where an engine is mounted, KV 1 at <c>old/</c> and KV 2 at <c>secret/</c>, revocation. Whatever
/// it would not take is answered with an error, and remembered in <see cref="Complaints"/>.
/// </summary>
public sealed class VaultFake(string? space = null, string? role = null)
{
    private readonly ConcurrentDictionary<string, bool> _tokens = new();

    /// <summary>Path below the mount, for both engines, to the secret's data as JSON.</summary>
    public ConcurrentDictionary<string, string> Secrets { get; } = new();

    public ConcurrentQueue<string> Complaints { get; } = new();

    /// <summary>A token that is still good.</summary>
    public IEnumerable<string> LiveTokens => _tokens.Where(token => token.Value).Select(token => token.Key);

    /// <summary>Every token that was ever given.</summary>
    public IEnumerable<string> AllTokens => _tokens.Keys;

    public async Task AnswerAsync(HttpContext context)
    {
        var (status, body) = await AskAsync(context.Request);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        if (body.Length > 0) await context.Response.WriteAsync(body);
    }

    private async Task<(int Status, string Body)> AskAsync(HttpRequest request)
    {
        if (request.Headers["X-Vault-Request"] != "true") return Complain(400, "required header X-Vault-Request is missing");
        if (request.Headers["X-Vault-Namespace"].FirstOrDefault() != space) return Complain(403, "permission denied");
        var path = request.Path.Value!;
        if (path == "/v1/auth/cert/login") return await LogInAsync(request);

        var token = request.Headers["X-Vault-Token"].FirstOrDefault() ?? "";
        if (!_tokens.GetValueOrDefault(token)) return Complain(403, "permission denied");
        if (path == "/v1/auth/token/revoke-self")
        {
            _tokens[token] = false;
            return HttpMethods.IsPost(request.Method) || HttpMethods.IsPut(request.Method) ? (204, "") : Complain(405, "unsupported operation");
        }

        if (!HttpMethods.IsGet(request.Method)) return Complain(405, "unsupported operation");
        const string mounts = "/v1/sys/internal/ui/mounts/";
        if (path.StartsWith(mounts, StringComparison.Ordinal)) return Mount(path[mounts.Length..]);
        if (path.StartsWith("/v1/old/", StringComparison.Ordinal) && Secrets.TryGetValue(path["/v1/old/".Length..], out var old))
            return (200, $$"""{"request_id":"r","lease_id":"","renewable":false,"lease_duration":2764800,"data":{{old}} }""");
        if (path.StartsWith("/v1/secret/data/", StringComparison.Ordinal) && Secrets.TryGetValue(path["/v1/secret/data/".Length..], out var found))
            return (200, $$$"""{"request_id":"r","lease_id":"","renewable":false,"lease_duration":0,"data":{"data":{{{found}}},"metadata":{"created_time":"2026-01-01T00:00:00Z","deletion_time":"","destroyed":false,"version":7} } }""");
        return path.StartsWith("/v1/database/", StringComparison.Ordinal)
            ? (200, """{"request_id":"r","lease_id":"database/creds/x/1","renewable":true,"lease_duration":60,"data":{"password":"p"}}""")
            : (404, """{"errors":[]}""");
    }

    private async Task<(int Status, string Body)> LogInAsync(HttpRequest request)
    {
        if (!HttpMethods.IsPost(request.Method) && !HttpMethods.IsPut(request.Method)) return Complain(405, "unsupported operation");
        if (request.HttpContext.Connection.ClientCertificate is null) return Complain(400, "client certificate must be supplied");
        using var body = await JsonDocument.ParseAsync(request.Body);
        var asked = body.RootElement.TryGetProperty("name", out var name) ? name.GetString() : null;
        if (role is not null && asked != role) return Complain(400, "invalid certificate or no client certificate supplied");
        var token = $"hvs.{Guid.NewGuid():N}";
        _tokens[token] = true;
        return (200, $$$"""{"request_id":"r","auth":{"client_token":"{{{token}}}","accessor":"a","policies":["default"],"lease_duration":3600,"renewable":true}}""");
    }

    private (int Status, string Body) Mount(string path) => path.Split('/')[0] switch
    {
        "old" => (200, """{"data":{"path":"old/","type":"kv","options":{"version":"1"}}}"""),
        "secret" => (200, """{"data":{"path":"secret/","type":"kv","options":{"version":"2"}}}"""),
        "database" => (200, """{"data":{"path":"database/","type":"database","options":null}}"""),
        _ => Complain(403, "preflight capability check returned 403, please ensure client's policies grant access to path"),
    };

    private (int Status, string Body) Complain(int status, string error)
    {
        Complaints.Enqueue(error);
        return (status, $$"""{"errors":["{{error}}"]}""");
    }
}
