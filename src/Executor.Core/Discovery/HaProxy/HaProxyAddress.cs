using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Executor.Core.Configuration;

namespace Executor.Core.Discovery.HaProxy;

/// <summary>Where a HAProxy answers its runtime API.</summary>
/// <param name="Text">As it was written.</param>
public sealed record HaProxyAddress(string Text, EndPoint EndPoint)
{
    private const string Unix = "unix:";
    private const string Tcp = "tcp:";

    /// <param name="text"><c>unix:/path</c> or <c>tcp:host:port</c>, an IPv6 address in brackets.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out HaProxyAddress? address)
    {
        address = EndPointOf(text) is { } endPoint ? new HaProxyAddress(text, endPoint) : null;
        return address is not null;
    }

    public override string ToString() => Text;

    private static EndPoint? EndPointOf(string text)
    {
        if (text.StartsWith(Unix, StringComparison.Ordinal))
            return UnixSocket.IsPath(text[Unix.Length..]) ? new UnixDomainSocketEndPoint(text[Unix.Length..]) : null;
        if (!text.StartsWith(Tcp, StringComparison.Ordinal) || !HostAndPort.TryParse(text[Tcp.Length..], out var server)) return null;
        return IPAddress.TryParse(server.Host, out var ip) ? new IPEndPoint(ip, server.Port) : new DnsEndPoint(server.Host, server.Port);
    }
}
