using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Executor.Core.Hooks;
using Mesos;

namespace Executor.Core.Health;

/// <summary>
/// A GET over a connection of its own: one that is kept would go on answering where nobody accepts any more. Redirects
/// are followed on the task's own host only; one that leads elsewhere is judged by its own status.
/// </summary>
internal sealed class HttpProbe : IProbe
{
    private const int MostRedirects = 5;

    /// <summary>Of the check that a request belongs to.</summary>
    private static readonly HttpRequestOptionsKey<CancellationToken> Over = new("over");

    private readonly ProbePlan.Http _plan;
    private readonly Uri _address;
    private readonly HttpClient _client;

    public HttpProbe(ProbePlan.Http plan, ProbeTarget target)
    {
        _plan = plan;
        _address = new Uri(FormattableString.Invariant($"{plan.Scheme}://{target.HostInAddress}:{plan.Port}{plan.Path}"));
        _client = new HttpClient(Handler(plan, target)) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.ConnectionClose = true;
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("executor-health-check");
    }

    /// <summary>A query may hold a secret.</summary>
    public string Description => _address.Shown();

    public async Task<ProbeResult> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var status = await GetAsync(cancellationToken);
            return new ProbeResult(
                _plan.Passes(status) ? null : FormattableString.Invariant($"status {status}, accepted is {_plan.Accepted}"), Status(status));
        }
        catch (HttpRequestException e)
        {
            // Whose time is over, its socket is closed.
            cancellationToken.ThrowIfCancellationRequested();
            return new ProbeResult(HttpErrors.Text(e), Status(null));
        }
    }

    public void Dispose() => _client.Dispose();

    [SuppressMessage("Security", "CA5359", Justification = "asked for by EXECUTOR_HEALTH_TLS_VERIFY=false or the label")]
    private static SocketsHttpHandler Handler(ProbePlan.Http plan, ProbeTarget target)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectCallback = (context, token) => ConnectAsync(target with { Port = context.DnsEndPoint.Port }, context, token),
        };
        if (!plan.VerifyTls) handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        return handler;
    }

    /// <summary>
    /// A connect, or a handshake, that went on after its check would be the next one's, which would wait as long as it does.
    /// </summary>
    private static async ValueTask<Stream> ConnectAsync(
        ProbeTarget target, SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        context.InitialRequestMessage.Options.TryGetValue(Over, out var over);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, over);
        var socket = await target.ConnectAsync(both.Token);
        over.UnsafeRegister(static socket => ((Socket)socket!).Dispose(), socket);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private async Task<int> GetAsync(CancellationToken cancellationToken)
    {
        var address = _address;
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Options.Set(Over, cancellationToken);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var status = (int)response.StatusCode;
            if (status is < 300 or > 399 || response.Headers.Location is not { } location || redirects == MostRedirects) return status;
            // What is no address is not followed either.
            if (!Uri.TryCreate(address, location, out address!) || address.Scheme is not ("http" or "https") || address.IdnHost != _address.IdnHost)
                return status;
        }
    }

    private static CheckStatusInfo Status(int? status)
    {
        var found = CheckStatuses.Unknown(CheckInfo.Types.Type.Http);
        if (status is { } code) found.Http.StatusCode = (uint)code;
        return found;
    }
}
