using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

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
        // The kernel takes 108 bytes, the last of them zero.
        if (text.StartsWith(Unix + "/", StringComparison.Ordinal) && text.Length - Unix.Length < 108)
            return new UnixDomainSocketEndPoint(text[Unix.Length..]);
        var colon = text.LastIndexOf(':');
        if (!text.StartsWith(Tcp, StringComparison.Ordinal) || colon < Tcp.Length) return null;
        if (!ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
            return null;
        var host = text[Tcp.Length..colon];
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown || (host.Contains(':') && host[0] != '[')) return null;
        return IPAddress.TryParse(host, out var ip) ? new IPEndPoint(ip, port) : new DnsEndPoint(host, port);
    }
}
