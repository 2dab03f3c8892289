using System.Net;
using System.Net.Security;
using Executor.Core.Configuration;
using Executor.Core.Hooks;

namespace Executor.Core.Logs.Shipping;

/// <summary>What receivers are spoken to with.</summary>
internal sealed record LogEndpoint
{
    public required LogProtocol Protocol { get; init; }

    public required TimeSpan Timeout { get; init; }

    /// <summary>After which the next receiver has its turn, where there are several.</summary>
    public TimeSpan Turn { get; init; } = TimeSpan.FromMinutes(5);

    public int Window { get; init; } = 2048;

    public int Compression { get; init; }

    /// <summary>Finds the addresses of a name.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    /// <summary>Makes the options of a connection to a host; null is plain text.</summary>
    public Func<string, SslClientAuthenticationOptions>? Tls { get; init; }

    /// <exception cref="InvalidTaskException">A file that the settings name cannot be used.</exception>
    public static LogEndpoint Of(Settings settings)
    {
        var protocol = settings.Get(LogSettings.Protocol);
        return new LogEndpoint
        {
            Protocol = protocol,
            Timeout = LongestWait.Clamp(settings.Get(LogSettings.Timeout)),
            Turn = settings.Get(LogSettings.Turn),
            Window = settings.Get(LogSettings.Window)!.Value,
            Compression = settings.Get(LogSettings.Compression)!.Value,
            Tls = protocol is LogProtocol.Tls or LogProtocol.LumberjackTls ? TlsOf(settings) : null,
        };
    }

    private static Func<string, SslClientAuthenticationOptions> TlsOf(Settings settings)
    {
        var authorities = settings.Get(LogSettings.Authorities) is { } file ? TlsTrust.Read(LogSettings.Authorities, file) : null;
        var own = settings.Get(LogSettings.Certificate) is { } certificate
            ? TlsTrust.Own(LogSettings.Certificate, certificate, settings.Get(LogSettings.Key))
            : null;
        var name = settings.Get(LogSettings.TlsName);
        var verifies = settings.Get(LogSettings.VerifyTls);
        return host =>
        {
            var options = new SslClientAuthenticationOptions
            {
                TargetHost = name ?? host,
                ClientCertificateContext = own,
                CertificateChainPolicy = TlsTrust.Policy(authorities),
            };
#pragma warning disable CA5359 // asked for by name
            if (!verifies) options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
            return options;
        };
    }
}
