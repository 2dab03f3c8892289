using System.Globalization;
using System.Net;

namespace Executor.Core.Logs.Shipping;

/// <summary>Where a receiver is.</summary>
public sealed record LogAddress(string Host, int Port)
{
    public const string Accepted = "host:port, separated by commas; an IPv6 address in brackets";

    public static bool TryParseList(string text, out IReadOnlyList<LogAddress> addresses)
    {
        var found = new List<LogAddress>();
        addresses = found;
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = part.LastIndexOf(':');
            if (colon <= 0 || !int.TryParse(part.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                || port is 0 or > IPEndPoint.MaxPort)
                return false;
            var host = part[..colon];
            var isBare = host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[');
            if (isBare || Uri.CheckHostName(host) == UriHostNameType.Unknown) return false;
            found.Add(new LogAddress(host.Trim('[', ']'), port));
        }

        return found.Count > 0;
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
