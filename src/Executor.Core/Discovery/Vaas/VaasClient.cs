using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Executor.Core.Hooks;
using static System.FormattableString;

namespace Executor.Core.Discovery.Vaas;

/// <summary>
/// The part of VaaS's API (Tastypie, v0.1) that an announcement takes. It follows no address that a server gives, so that
/// nobody else gets the credentials. Each method throws <see cref="HookException"/> for an answer that is final.
/// </summary>
/// <param name="authorities">That vouch for the server; null is the host's own.</param>
internal sealed class VaasClient(Uri server, VaasCredentials? credentials, X509Certificate2Collection? authorities) : IDisposable
{
    private const string Root = "/api/v0.1/";
    private const int PageSize = 100;

    /// <summary>Of one list: a server that always tells of one more would keep us for ever, and fill the memory.</summary>
    private const int MostPages = 1000;

    private const int LongestAnswer = 4 * 1024 * 1024;
    private const int LongestText = 300;

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        SslOptions = { CertificateChainPolicy = TlsTrust.Policy(authorities) },
    })
    {
        Timeout = Timeout.InfiniteTimeSpan, // the stage's limit holds
        MaxResponseContentBufferSize = LongestAnswer,
    };

    /// <returns>The path of the DC's resource.</returns>
    public async Task<string> FindDcAsync(string symbol, CancellationToken cancellationToken)
    {
        var all = await ListAsync("dc", "", VaasJson.Default.VaasPageVaasDc, cancellationToken);
        return all.Find(dc => dc.Symbol == symbol) is { } found
            ? Invariant($"{Root}dc/{found.Id}/")
            : throw new HookException($"{server} has no DC with the symbol \"{symbol}\" of EXECUTOR_VAAS_DC");
    }

    /// <returns>The path of the director's resource.</returns>
    public async Task<string> FindDirectorAsync(string name, CancellationToken cancellationToken)
    {
        var query = $"name={Uri.EscapeDataString(name)}&";
        var all = await ListAsync("director", query, VaasJson.Default.VaasPageVaasDirector, cancellationToken);
        return all.Find(director => director.Name == name) is { } found
            ? Invariant($"{Root}director/{found.Id}/")
            : throw new HookException($"{server} has no director \"{name}\"");
    }

    /// <summary>The ids of the backends, one at most, that stand where a new one is to be.</summary>
    public async Task<IReadOnlyList<int>> FindBackendsAsync(VaasNewBackend place, string directorName, CancellationToken cancellationToken)
    {
        var query = Invariant($"address={place.Address}&port={place.Port}&director__name={Uri.EscapeDataString(directorName)}&");
        var all = await ListAsync("backend", query, VaasJson.Default.VaasPageVaasListedBackend, cancellationToken);
        // A server that does not know a filter lists everybody's.
        return [.. all.Where(found => found.Address == place.Address && found.Port == place.Port && found.Director == place.Director).Select(found => found.Id)];
    }

    /// <returns>The id, where it is told, and the task that reloads Varnish, where one was begun.</returns>
    public async Task<(int? Id, string? Reload)> CreateAsync(VaasNewBackend backend, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(backend, VaasJson.Default.VaasNewBackend);
        var answer = await SendAsync(HttpMethod.Post, "backend/", body, cancellationToken);
        return (IdOf(answer.Body), answer.Status == HttpStatusCode.Accepted ? answer.Location?.OriginalString.TrimEnd('/').Split('/')[^1] : null);
    }

    /// <summary>Deletes a backend, or finds that it is gone.</summary>
    public Task DeleteAsync(int id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, Invariant($"backend/{id}/"), [], cancellationToken);

    public async Task<VaasReload> ReloadAsync(string task, CancellationToken cancellationToken)
    {
        var path = $"task/{Uri.EscapeDataString(task)}/";
        var reload = Read(path, await SendAsync(HttpMethod.Get, path, [], cancellationToken), VaasJson.Default.VaasReload);
        return reload with { Info = Shorten(reload.Info ?? "") };
    }

    public void Dispose() => _client.Dispose();

    private async Task<List<T>> ListAsync<T>(
        string resource, string query, JsonTypeInfo<VaasPage<T>> type, CancellationToken cancellationToken)
    {
        var all = new List<T>();
        for (var pages = 0; pages < MostPages; pages++)
        {
            var path = Invariant($"{resource}/?{query}limit={PageSize}&offset={all.Count}");
            var page = Read(path, await SendAsync(HttpMethod.Get, path, [], cancellationToken), type);
            all.AddRange(page.Objects);
            if (page.Meta.Next is null || page.Objects.Count == 0) return all;
        }

        throw new HookException($"{Address($"{resource}/").Shown()} lists more than {MostPages} pages");
    }

    private T Read<T>(string path, Answer answer, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Body, type) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new HookException($"{Address(path).Shown()} answered what is not of VaaS's API, at {Shorten(e.Path ?? "$")}", e);
        }
    }

    /// <summary>It was created, whatever the answer looks like.</summary>
    private static int? IdOf(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, VaasJson.Default.VaasCreatedBackend)?.Id;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<Answer> SendAsync(HttpMethod method, string path, byte[] body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, Address(path)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        // Else the answer comes when all of Varnish has been reloaded, which may take half a minute.
        if (method != HttpMethod.Get) request.Headers.Add("Prefer", "respond-async");
        credentials?.Sign(request);
        var what = $"{method} {Address(path).Shown()}";
        try
        {
            using var response = await _client.SendAsync(request, cancellationToken);
            var answer = new Answer(
                response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken), response.Headers.Location);
            if (response.IsSuccessStatusCode || (method == HttpMethod.Delete && answer.Status == HttpStatusCode.NotFound)) return answer;
            var error = Invariant($"{what} answered {(int)answer.Status}: {Shorten(Encoding.UTF8.GetString(answer.Body))}");
            throw answer.Status >= HttpStatusCode.InternalServerError ? new UnavailableException(error) : new HookException(error);
        }
        catch (HttpRequestException e)
        {
            throw new UnavailableException($"{what}: {HttpErrors.Text(e)}", inner: e);
        }
    }

    private Uri Address(string path) => new($"{server.AbsoluteUri.TrimEnd('/')}{Root}{path}");

    /// <summary>One line that holds no secret.</summary>
    private string Shorten(string text) => OneLine.Of(credentials?.Hide(text) ?? text, LongestText);

    private sealed record Answer(HttpStatusCode Status, byte[] Body, Uri? Location);
}
