using System.Collections.Concurrent;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Executor.Tests.Fakes.Https;

/// <summary>
/// An HTTPS server on loopback that takes nobody without a certificate of its authority. It remembers what it was asked,
/// as <c>METHOD path?query</c>.
/// </summary>
public sealed class HttpsServer : IAsyncDisposable
{
    private readonly TestCertificate _own;
    private readonly WebApplication _server;

    private HttpsServer(TestAuthority authority, SslProtocols protocols, int port, RequestDelegate answer)
    {
        _own = authority.Issue("localhost", curve: ECCurve.NamedCurves.nistP256);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen =>
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = _own.Certificate,
                SslProtocols = protocols,
                ClientCertificateMode = ClientCertificateMode.RequireCertificate,
                ClientCertificateValidation = (certificate, _, _) => authority.HasIssued(certificate),
            })));
        _server = builder.Build();
        _server.Run(context =>
        {
            Requests.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
            return answer(context);
        });
    }

    public ConcurrentQueue<string> Requests { get; } = new();

    public int Port => new Uri(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

    /// <summary><c>https://localhost:port</c>.</summary>
    public string Address => $"https://localhost:{Port}";

    /// <param name="port">0 is any.</param>
    public static async Task<HttpsServer> StartAsync(
        TestAuthority authority, RequestDelegate answer, SslProtocols protocols = SslProtocols.None, int port = 0)
    {
        var server = new HttpsServer(authority, protocols, port, answer);
        await server._server.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _own.Dispose();
    }
}
