using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Executor.Core.Configuration;
using Executor.Core.Hooks;
using NLog;

namespace Executor.Core.Secrets.Stores;

/// <summary>
/// A secret of Vault's KV engine, version 1 or 2, read with a token that the task's certificate gets
/// (https://developer.hashicorp.com/vault/api-docs). The token is revoked once the secret has been read.
/// </summary>
/// <param name="learn">Told the token, so that no text shows it.</param>
/// <param name="address">Of the secret, as for <c>vault kv get</c>: server, mount and path.</param>
internal sealed class VaultStore(Uri address, string? role, string? space, StoreClient client, TimeProvider time, Logger log, Action<string> learn) : IConfigurationStore
{
    private const int MostErrors = 3;
    private const int LongestError = 200;

    private static readonly TimeSpan RevocationLimit = TimeSpan.FromSeconds(2);

    private string? _token;

    public string Description => $"vault+{address}";

    public async Task<StoredDocument> FetchAsync(CancellationToken cancellationToken)
    {
        if (_token is null) learn(_token = await LogInAsync(cancellationToken));
        var (path, version) = await LocateAsync(cancellationToken);
        var request = Request(HttpMethod.Get, path);
        var response = await client.SendAsync(request, cancellationToken);
        using var body = new Cleared(response.Body);
        using var answer = Parse(request, response);
        if (Text(answer.RootElement, "lease_id") is { Length: > 0 })
            throw new HookException($"{request} gave a lease, which ends with the token that got it: accepted is a secret of KV");
        var data = Member(answer.RootElement, "data");
        var metadata = version == 2 ? Member(data, "metadata") : default;
        return new StoredDocument(
            JsonMarshal.GetRawUtf8Value(Object(request, version == 2 ? Member(data, "data") : data)).ToArray(),
            Member(metadata, "version") is { ValueKind: JsonValueKind.Number } number ? $"version {number.GetRawText()}" : null);
    }

    public async ValueTask DisposeAsync()
    {
        if (_token is not null) await RevokeAsync();
        client.Dispose();
    }

    private async Task<string> LogInAsync(CancellationToken cancellationToken)
    {
        var request = Request(HttpMethod.Post, "auth/cert/login") with
        {
            Json = Encoding.UTF8.GetBytes(role is null ? "{}" : $$"""{"name":"{{JsonEncodedText.Encode(role)}}"}"""),
        };
        var response = await client.SendAsync(request, cancellationToken);
        using var body = new Cleared(response.Body);
        using var answer = Parse(request, response);
        return Text(Member(answer.RootElement, "auth"), "client_token") is { Length: > 0 } token && Setting.IsHeaderWord(token)
            ? token
            : throw new HookException($"{request} gave no token");
    }

    /// <summary>Version 2 has a word between mount and path; which engine is mounted where is asked as Vault's own client does.</summary>
    private async Task<(string Path, int Version)> LocateAsync(CancellationToken cancellationToken)
    {
        var secret = address.AbsolutePath.Trim('/');
        var request = Request(HttpMethod.Get, $"sys/internal/ui/mounts/{secret}") with { MayBeMissing = true };
        var answer = await client.SendAsync(request, cancellationToken);
        if (answer.Status == HttpStatusCode.NotFound) return (secret, 1); // before Vault 0.10 there was no other
        using var found = Parse(request, answer);
        var data = Member(found.RootElement, "data");
        var mount = Text(data, "path")?.Trim('/');
        if (mount is null || !$"{secret}/".StartsWith($"{mount}/", StringComparison.Ordinal))
            throw new HookException($"{request} did not tell where {secret} is mounted");
        if (Text(data, "type") is not ("kv" or "generic") and var type)
            throw new HookException($"{mount} of {Server} is mounted as \"{OneLine.Of(type ?? "", LongestError)}\": accepted is kv");
        return Text(Member(data, "options"), "version") == "2"
            ? ($"{mount}/data{secret[mount.Length..]}", 2)
            : (secret, 1);
    }

    private async Task RevokeAsync()
    {
        using var limit = new CancellationTokenSource(RevocationLimit, time);
        try
        {
            await client.SendAsync(Request(HttpMethod.Post, "auth/token/revoke-self"), limit.Token);
        }
        catch (Exception e)
        {
            log.Warn("the token of {0} was not revoked and ends by itself: {1}", Server, e.Message);
        }

        _token = null;
    }

    private string Server => address.GetLeftPart(UriPartial.Authority);

    private StoreRequest Request(HttpMethod method, string path)
    {
        var headers = new Dictionary<string, string> { ["Accept"] = "application/json", ["X-Vault-Request"] = "true" };
        if (space is not null) headers["X-Vault-Namespace"] = space;
        if (_token is not null) headers["X-Vault-Token"] = _token;
        return new StoreRequest(method, new Uri($"{Server}/v1/{path}")) { Headers = headers, Explain = Errors };
    }

    /// <summary>Vault says why in a list of texts.</summary>
    private static string? Errors(StoreAnswer answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            var errors = Member(document.RootElement, "errors");
            if (errors.ValueKind != JsonValueKind.Array) return null;
            var text = string.Join("; ", errors.EnumerateArray().Take(MostErrors).Select(error => error.ToString()));
            return text.Length == 0 ? null : $": {OneLine.Of(text, LongestError)}";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // InvalidOperationException is half a surrogate pair
        }
    }

    private static JsonDocument Parse(StoreRequest request, StoreAnswer answer)
    {
        try
        {
            return JsonDocument.Parse(answer.Body);
        }
        catch (JsonException e)
        {
            throw new HookException(string.Create(CultureInfo.InvariantCulture, $"{request} answered {answer.Body.Length} bytes that are no JSON"), e);
        }
    }

    private static JsonElement Object(StoreRequest request, JsonElement data) => data.ValueKind == JsonValueKind.Object
        ? data
        : throw new HookException($"{request} gave no data: the secret is deleted, or the engine is no KV");

    private static JsonElement Member(JsonElement element, string name)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : default;
        }
        catch (InvalidOperationException)
        {
            return default; // another member's name has half a surrogate pair
        }
    }

    private static string? Text(JsonElement element, string name)
    {
        try
        {
            return Member(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // half a surrogate pair
        }
    }
}
