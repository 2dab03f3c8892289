using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Executor.Core.Configuration;
using Executor.Core.Hooks;

namespace Executor.Core.Discovery.Consul;

/// <summary>Makes the client that the settings ask for.</summary>
internal static class ConsulConnection
{
    private const int LongestAnswer = 64 * 1024 * 1024; // a health query of a service with very many instances

    /// <exception cref="InvalidTaskException">A file that the settings name cannot be used.</exception>
    public static ConsulClient Open(Settings settings, TimeProvider time)
    {
        ConsulAddress.TryParse(settings.Get(ConsulSettings.Address)!, settings.Get(ConsulSettings.Ssl), out var address);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectCallback = address!.Socket is { } path ? (_, token) => ConnectAsync(path, token) : null,
            SslOptions = address.Base.Scheme == "https" ? Tls(settings) : new SslClientAuthenticationOptions(),
        };
        var http = new HttpClient(handler)
        {
            Timeout = Timeout.InfiniteTimeSpan, // the client limits each request
            MaxResponseContentBufferSize = LongestAnswer,
        };
        if (settings.Get(ConsulSettings.Authorization) is { } credentials)
        {
            http.DefaultRequestHeaders.Authorization =
                new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        }

        return new ConsulClient(http, address, Token(settings), Scope(settings), time);
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken) =>
        new NetworkStream(await UnixSocket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken), ownsSocket: true);

    private static Func<string?> Token(Settings settings)
    {
        var token = settings.Get(ConsulSettings.Token);
        return settings.Get(ConsulSettings.TokenFile) is { } file ? () => ReadToken(file) : () => token;
    }

    private static string ReadToken(string file)
    {
        var error = "holds no token";
        try
        {
            var text = File.ReadAllText(file).Trim();
            if (text.Length > 0 && Setting.IsHeaderWord(text)) return text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = "cannot be read";
        }

        throw new ConsulException($"{ConsulSettings.TokenFile.Names}: {file} {error}", isFinal: false);
    }

    private static Dictionary<string, string> Scope(Settings settings)
    {
        var scope = new Dictionary<string, string>();
        if (settings.Get(ConsulSettings.Namespace) is { } space) scope["ns"] = space;
        if (settings.Get(ConsulSettings.Partition) is { } partition) scope["partition"] = partition;
        return scope;
    }

    private static SslClientAuthenticationOptions Tls(Settings settings)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = settings.Get(ConsulSettings.ServerName) };
        if (!settings.Get(ConsulSettings.SslVerify))
#pragma warning disable CA5359 // asked for by name
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        options.CertificateChainPolicy = TlsTrust.Policy(Authorities(settings) is { Count: > 0 } authorities ? authorities : null);
        if (settings.Get(ConsulSettings.ClientCertificate) is { } certificate)
        {
            options.ClientCertificateContext = TlsTrust.Own(ConsulSettings.ClientCertificate, certificate, settings.Get(ConsulSettings.ClientKey));
        }

        return options;
    }

    private static X509Certificate2Collection Authorities(Settings settings)
    {
        var all = new X509Certificate2Collection();
        if (settings.Get(ConsulSettings.CaFile) is { } file) all.AddRange(TlsTrust.Read(ConsulSettings.CaFile, file));
        if (settings.Get(ConsulSettings.CaFolder) is { } folder)
        {
            foreach (var found in TlsTrust.Usable(ConsulSettings.CaFolder, folder, Directory.GetFiles))
                TlsTrust.Usable(ConsulSettings.CaFolder, found, path => Add(all, path));
        }

        return all;
    }

    /// <summary>A folder may hold other things beside certificates.</summary>
    private static X509Certificate2Collection Add(X509Certificate2Collection all, string file)
    {
        all.ImportFromPemFile(file);
        return all;
    }
}
