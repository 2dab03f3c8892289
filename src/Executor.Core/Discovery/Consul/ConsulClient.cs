using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Executor.Core.Configuration;

namespace Executor.Core.Discovery.Consul;

/// <summary>
/// The part of the agent's HTTP API that announcing takes; one for the whole executor. Every call is one request, limited
/// to <see cref="Limit"/>, and throws <see cref="ConsulException"/>.
/// </summary>
/// <param name="token">Gives the ACL token for each request; null is none.</param>
/// <param name="scope">Query keys of every request.</param>
internal sealed class ConsulClient(
    HttpClient http, ConsulAddress address, Func<string?> token, IReadOnlyDictionary<string, string> scope, TimeProvider time)
{
    /// <summary>A request that takes longer is given up, to be tried again.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    private const int LongestText = 300;

    /// <summary>What agents answered with 500 before they had a 404 for it (up to 1.10).</summary>
    private static readonly string[] OldNotFound = ["does not have associated TTL", "Unknown check", "Unknown service"];

    public Task RegisterAsync(ReadOnlyMemory<byte> registration, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, "agent/service/register", registration, cancellationToken);

    /// <summary>A service that is not there counts as removed.</summary>
    public Task DeregisterAsync(string serviceId, CancellationToken cancellationToken) =>
        TrySendAsync(HttpMethod.Put, $"agent/service/deregister/{Uri.EscapeDataString(serviceId)}", null, cancellationToken);

    /// <returns>Whether the agent knows the check.</returns>
    public async Task<bool> UpdateAsync(string checkId, ReadOnlyMemory<byte> health, CancellationToken cancellationToken) =>
        await TrySendAsync(HttpMethod.Put, $"agent/check/update/{Uri.EscapeDataString(checkId)}", health, cancellationToken) is not null;

    /// <returns>Whether the agent knows the service.</returns>
    public async Task<bool> KnowsAsync(string serviceId, CancellationToken cancellationToken) =>
        await TrySendAsync(HttpMethod.Get, $"agent/service/{Uri.EscapeDataString(serviceId)}", null, cancellationToken) is not null;

    /// <summary>Opens a connection, so that the first request that counts finds one.</summary>
    public Task ConnectAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, "status/leader", null, cancellationToken);

    /// <returns>Whether who asks the agent for the service is given this instance.</returns>
    public async Task<bool> ResolvesAsync(string name, string serviceId, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(
            HttpMethod.Get, $"health/service/{Uri.EscapeDataString(name)}?passing=true", null, cancellationToken);
        try
        {
            return ConsulJson.Holds(answer, serviceId);
        }
        catch (JsonException e)
        {
            throw new ConsulException($"Consul at {address} answered a health query with something else", isFinal: false, e);
        }
    }

    /// <returns>Where the healthy instances of a service are.</returns>
    /// <exception cref="JsonException">The answer is none to such a query.</exception>
    public async Task<IReadOnlyList<HostAndPort>> HealthyAsync(string name, CancellationToken cancellationToken) =>
        ConsulJson.Addresses(await SendAsync(
            HttpMethod.Get, $"health/service/{Uri.EscapeDataString(name)}?passing=true", null, cancellationToken));

    private async Task<byte[]> SendAsync(
        HttpMethod method, string path, ReadOnlyMemory<byte>? body, CancellationToken cancellationToken)
    {
        var (status, answer) = await RequestAsync(method, path, body, cancellationToken);
        return IsGood(status) ? answer : throw Refused(status, Text(answer));
    }

    /// <returns>The answer; null where the agent knows no such thing.</returns>
    private async Task<byte[]?> TrySendAsync(
        HttpMethod method, string path, ReadOnlyMemory<byte>? body, CancellationToken cancellationToken)
    {
        var (status, answer) = await RequestAsync(method, path, body, cancellationToken);
        if (IsGood(status)) return answer;
        var text = Text(answer);
        return IsAbsent(status, text) ? null : throw Refused(status, text);
    }

    private async Task<(HttpStatusCode Status, byte[] Answer)> RequestAsync(
        HttpMethod method, string path, ReadOnlyMemory<byte>? body, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = new HttpRequestMessage(method, Target(path));
        // Never in the query: that is what logs show.
        if (token() is { } secret) request.Headers.Add("X-Consul-Token", secret);
        if (body is { } bytes)
        {
            request.Content = new ReadOnlyMemoryContent(bytes);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        try
        {
            using var response = await http.SendAsync(request, both.Token);
            return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(both.Token));
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested)
        {
            throw new ConsulException($"Consul at {address} did not answer within {Limit.TotalSeconds:0} s", isFinal: false, e);
        }
        catch (HttpRequestException e)
        {
            throw new ConsulException($"Consul at {address}: {Reason(e)}", isFinal: false, e);
        }
    }

    private Uri Target(string path)
    {
        var query = string.Join('&', scope.Select(one => $"{one.Key}={Uri.EscapeDataString(one.Value)}"));
        var separator = query.Length == 0 ? "" : path.Contains('?', StringComparison.Ordinal) ? "&" : "?";
        return new Uri(address.Base, $"v1/{path}{separator}{query}");
    }

    private static bool IsGood(HttpStatusCode status) => (int)status is >= 200 and < 300;

    private ConsulException Refused(HttpStatusCode status, string text) => new(
        string.Create(CultureInfo.InvariantCulture, $"Consul at {address} answered {(int)status}{(text.Length > 0 ? $": {text}" : "")}"),
        isFinal: (int)status is >= 400 and < 500 && status is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests));

    private static bool IsAbsent(HttpStatusCode status, string text) =>
        status == HttpStatusCode.NotFound
        || (status == HttpStatusCode.InternalServerError && OldNotFound.Any(known => text.Contains(known, StringComparison.Ordinal)));

    /// <summary>One short line of it, whatever it was.</summary>
    private static string Text(byte[] answer)
    {
        var text = Encoding.UTF8.GetString(answer, 0, Math.Min(answer.Length, LongestText));
        return new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]).Trim();
    }

    private static string Reason(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.SecureConnectionError => "no TLS connection: its certificate is not of a trusted authority or for another name, or it wants another of ours",
        HttpRequestError.NameResolutionError => "its name is not known",
        HttpRequestError.ConnectionError => e.InnerException?.Message ?? e.Message,
        _ => $"the connection broke ({e.HttpRequestError})",
    };
}
