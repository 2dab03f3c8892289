using System.Diagnostics.CodeAnalysis;

namespace Executor.Core.Discovery.Consul;

/// <summary>Where Consul's agent is, as CONSUL_HTTP_ADDR gives it.</summary>
/// <param name="Base">What the paths of the API are appended to; ends with a slash.</param>
/// <param name="Socket">The path of a Unix socket, where it is one.</param>
internal sealed record ConsulAddress(Uri Base, string? Socket)
{
    private const string Unix = "unix://";

    /// <summary>For log and errors.</summary>
    public override string ToString() => Socket is null ? Base.GetLeftPart(UriPartial.Authority) : Unix + Socket;

    /// <param name="ssl">What an address without a scheme means.</param>
    public static bool TryParse(string text, bool ssl, [NotNullWhen(true)] out ConsulAddress? address)
    {
        address = null;
        if (text.StartsWith(Unix, StringComparison.Ordinal))
        {
            if (UnixSocket.IsPath(text[Unix.Length..]))
                address = new ConsulAddress(new Uri(ssl ? "https://localhost/" : "http://localhost/"), text[Unix.Length..]);
            return address is not null;
        }

        var full = text.Contains("://", StringComparison.Ordinal) ? text : $"{(ssl ? "https" : "http")}://{text}";
        // Credentials would be shown with the address; CONSUL_HTTP_AUTH is for them.
        if (Uri.TryCreate(full.TrimEnd('/') + "/", UriKind.Absolute, out var uri) && uri is
            { Scheme: "http" or "https", Query: "", Fragment: "", UserInfo: "", Host.Length: > 0 })
            address = new ConsulAddress(uri, null);
        return address is not null;
    }
}
