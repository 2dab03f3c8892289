using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Executor.Core.Ports;

/// <summary>A libprocess PID, written <c>name@ip:port</c>: the address of one actor of one process.</summary>
public sealed record Upid(string Id, IPEndPoint Address)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id}@{Address}");

    /// <summary>Parses <c>name@ip:port</c>; an IPv6 address stands in brackets. A port is 1 to 65535.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Upid? upid)
    {
        upid = null;
        var at = text?.LastIndexOf('@') ?? -1;
        // An id goes into log lines as it is.
        if (at <= 0 || text.AsSpan(0, at).ContainsAnyInRange('\0', ' ')) return false;
        // The parser also takes 127.1 for 127.0.0.1, which libprocess does not.
        if (!IPEndPoint.TryParse(text.AsSpan(at + 1), out var address) || address.Port == 0) return false;
        if (!text.AsSpan(at + 1).SequenceEqual(address.ToString())) return false;
        upid = new Upid(text![..at], address);
        return true;
    }
}
