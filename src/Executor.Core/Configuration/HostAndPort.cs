using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Executor.Core.Configuration;

/// <summary>Where a server is.</summary>
/// <param name="Host">A name or an address, without brackets.</param>
public sealed record HostAndPort(string Host, int Port)
{
    public const string ListAccepted = "host:port, separated by commas; an IPv6 address in brackets";

    public static bool TryParse(string text, [NotNullWhen(true)] out HostAndPort? server)
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

    /// <summary>One at least, separated by commas.</summary>
    public static bool TryParseList(string text, out IReadOnlyList<HostAndPort> servers)
    {
        var found = new List<HostAndPort>();
        servers = found;
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!TryParse(part, out var server)) return false;
            found.Add(server);
        }

        return found.Count > 0;
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
