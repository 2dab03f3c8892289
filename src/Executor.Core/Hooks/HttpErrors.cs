using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;

namespace Executor.Core.Hooks;

/// <summary>
/// Why a request got no answer, in words. An exception's own text will not do: it tells of the framework, and the cause is
/// in the exception inside.
/// </summary>
internal static class HttpErrors
{
    private static readonly string[] CertificateAlerts = ["certificate", "unknown ca", "access denied"];

    public static string Text(HttpRequestException error) => (error.HttpRequestError, error.InnerException) switch
    {
        (_, SocketException e) => e.Message,
        (_, IOException { InnerException: SocketException e }) => $"no HTTP answer: {e.Message}",
        (HttpRequestError.SecureConnectionError, _) or (_, AuthenticationException) => "TLS cannot be agreed on, or the certificate is not trusted",
        var (kind, _) => $"no HTTP answer ({kind})",
    };

    /// <summary>
    /// The TLS alert (RFC 8446, 6.2) by which a server says that it does not take a certificate, in OpenSSL's words; null where
    /// it said nothing of the kind. TLS 1.3 brings it only after the handshake, in place of the answer.
    /// </summary>
    public static string? Refusal(HttpRequestException error)
    {
        var text = error.GetBaseException() is CryptographicException e ? e.Message : "";
        var alert = text[(text.LastIndexOf(':') + 1)..];
        return alert.Contains(" alert ", StringComparison.Ordinal) && CertificateAlerts.Any(alert.Contains) ? alert : null;
    }
}
