using System.Net.Sockets;
using System.Security.Authentication;

namespace Executor.Core.Hooks;

/// <summary>
/// Why a request got no answer, in words. An exception's own text will not do: it tells of the framework, and the cause is
/// in the exception inside.
/// </summary>
internal static class HttpErrors
{
    public static string Text(HttpRequestException error) => (error.HttpRequestError, error.InnerException) switch
    {
        (_, SocketException e) => e.Message,
        (_, IOException { InnerException: SocketException e }) => $"no HTTP answer: {e.Message}",
        (HttpRequestError.SecureConnectionError, _) or (_, AuthenticationException) => "TLS cannot be agreed on, or the certificate is not trusted",
        var (kind, _) => $"no HTTP answer ({kind})",
    };
}
