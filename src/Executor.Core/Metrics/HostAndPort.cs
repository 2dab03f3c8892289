using System.Globalization;

namespace Executor.Core.Metrics;

/// <summary>Where a server is.</summary>
/// <param name="Host">A name or an address, without brackets.</param>
public sealed record HostAndPort(string Host, int Port)
{
    public static bool TryParse(string text, out HostAndPort? server)
    {
        server = null;
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0) return false;
        var host = text[..colon];
        // Of the many colons of an IPv6 address none may be taken for the port's.
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown || (host.Contains(':', StringComparison.Ordinal) && host[0] != '[')) return false;
        server = new HostAndPort(host.Trim('[', ']'), port);
        return true;
    }
}
