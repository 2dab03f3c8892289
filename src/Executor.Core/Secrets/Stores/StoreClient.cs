using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Executor.Core.Configuration;
using Executor.Core.Hooks;

namespace Executor.Core.Secrets.Stores;

/// <summary>
/// Asks a store's server, to which it shows the task's certificate, over TLS 1.2 or newer. Redirects are followed on the
/// same host only: nobody else is shown the certificate, or what is sent.
/// </summary>
internal sealed class StoreClient : IDisposable
{
    public const int LongestAnswer = 1024 * 1024;
    private const int MostRedirects = 5;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(3);

    private readonly HttpClient _client;
    private volatile string? _distrust;

    /// <param name="identity">Must outlive this.</param>
    /// <param name="authorities">That vouch for the server; null is the host's own.</param>
    public StoreClient(Identity identity, X509Certificate2Collection? authorities) =>
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = ConnectLimit,
            SslOptions =
            {
#pragma warning disable CA5398 // older ones are refused, whatever the host's OpenSSL allows
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning restore CA5398
                ClientCertificateContext = SslStreamCertificateContext.Create(identity.Certificate, identity.Chain, offline: true),
                CertificateChainPolicy = TlsTrust.Policy(authorities),
                RemoteCertificateValidationCallback = Trusts,
            },
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // the reading's limit holds
            MaxResponseContentBufferSize = LongestAnswer,
        };

    /// <param name="request">Of a method that has no body, or whose body may be sent again.</param>
    /// <returns>An answer of 2xx, or 404 where that is expected.</returns>
    /// <exception cref="UnavailableException">No connection, 5xx, 429 or 408.</exception>
    /// <exception cref="HookException">Anything else.</exception>
    public async Task<StoreAnswer> SendAsync(StoreRequest request, CancellationToken cancellationToken)
    {
        var address = request.Address;
        for (var redirects = 0; ; redirects++)
        {
            var answer = await SendOnceAsync(request, address, cancellationToken);
            if ((int)answer.Status is >= 200 and < 300 || (request.MayBeMissing && answer.Status == HttpStatusCode.NotFound)) return answer;
            address = redirects < MostRedirects ? Next(request, address, answer) : null;
            if (address is null) throw Error(request, answer);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<StoreAnswer> SendOnceAsync(StoreRequest request, Uri address, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(request.Method, address);
        foreach (var (name, value) in request.Headers) message.Headers.Add(name, value);
        if (request.Json is { } json)
            message.Content = new ByteArrayContent(json) { Headers = { ContentType = new("application/json") } };
        try
        {
            using var response = await _client.SendAsync(message, cancellationToken);
            return new StoreAnswer(response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken))
            {
                Location = response.Headers.Location,
                ETag = response.Headers.ETag?.ToString(),
                // A date is by the server's clock, and so is that of its answer.
                RetryAfter = response.Headers.RetryAfter?.Delta ?? response.Headers.RetryAfter?.Date - response.Headers.Date,
            };
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new HookException($"{request} answered more than {LongestAnswer} bytes", e);
        }
        catch (HttpRequestException e) when (HttpErrors.Refusal(e) is { } alert)
        {
            throw new HookException($"{request}: the server refuses the task's certificate: {alert}", e);
        }
        catch (HttpRequestException e) when (e.InnerException is AuthenticationException inner)
        {
            throw new HookException($"{request}: {_distrust ?? $"TLS cannot be agreed on: {(inner.InnerException ?? inner).Message}"}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UnavailableException($"{request}: no connection within {MesosDuration.Format(ConnectLimit)}", inner: e);
        }
        catch (HttpRequestException e)
        {
            throw new UnavailableException($"{request}: {HttpErrors.Text(e)}", inner: e);
        }
    }

    /// <returns>Null where the answer leads nowhere.</returns>
    private static Uri? Next(StoreRequest request, Uri address, StoreAnswer answer)
    {
        var repeats = answer.Status is HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
        var moves = answer.Status is HttpStatusCode.Moved or HttpStatusCode.Found or HttpStatusCode.SeeOther;
        if (!(repeats || (moves && request.Method == HttpMethod.Get)) || answer.Location is not { } location) return null;
        if (!Uri.TryCreate(address, location, out var next) || next.Scheme != Uri.UriSchemeHttps || next.Authority != address.Authority)
            throw new HookException($"{request} was redirected elsewhere: accepted is https:// on the same host and port");
        return next;
    }

    private static Exception Error(StoreRequest request, StoreAnswer answer)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{request} answered {(int)answer.Status}{request.Explain?.Invoke(answer)}");
        return answer.Status is >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout
            ? new UnavailableException(text, answer.RetryAfter)
            : new HookException(text);
    }

    private bool Trusts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None) return true;
        _distrust = errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? "its certificate is for another name"
            : $"its certificate is not trusted: {TlsTrust.Reasons(chain)}";
        return false;
    }
}

/// <summary>A request to a store.</summary>
internal sealed record StoreRequest(HttpMethod Method, Uri Address)
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public byte[]? Json { get; init; }

    /// <summary>Whether 404 is an answer like others.</summary>
    public bool MayBeMissing { get; init; }

    /// <summary>What an answer that is an error says for people; begins with its own separator.</summary>
    public Func<StoreAnswer, string?>? Explain { get; init; }

    /// <summary>A query may hold a secret.</summary>
    public override string ToString() => $"{Method} {Address.Shown()}";
}

/// <summary>What a store's server answered.</summary>
internal sealed record StoreAnswer(HttpStatusCode Status, byte[] Body)
{
    public Uri? Location { get; init; }

    public string? ETag { get; init; }

    public TimeSpan? RetryAfter { get; init; }
}
