using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Executor.Bench.Rolling;

/// <summary>
/// One kept-alive HTTP connection. Plain, because a usual client repeats by itself what failed on a kept connection, and
/// would hide what is counted here.
/// </summary>
internal sealed class LoadConnection(IPEndPoint server) : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[4096];

    /// <summary>Whether the server takes another request on it.</summary>
    public bool IsKept { get; private set; }

    /// <returns>The status and the body.</returns>
    /// <exception cref="SocketException">Refused or reset.</exception>
    /// <exception cref="EndOfStreamException">Closed before the answer was complete.</exception>
    public async Task<(int Status, string Body)> GetAsync(string path, CancellationToken cancellationToken)
    {
        IsKept = false;
        if (!_socket.Connected) await _socket.ConnectAsync(server, cancellationToken);
        await _socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: web\r\n\r\n"), cancellationToken);
        var filled = 0;
        while (true)
        {
            var count = await _socket.ReceiveAsync(_buffer.AsMemory(filled), cancellationToken);
            if (count == 0) throw new EndOfStreamException();
            filled += count;
            if (Parse(Encoding.ASCII.GetString(_buffer, 0, filled)) is { } answer) return answer;
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <returns>Null while it is not complete.</returns>
    private (int Status, string Body)? Parse(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return null;
        var head = text[..(end + 2)];
        var body = text[(end + 4)..];
        if (Header(head, "content-length") is { } length && body.Length < int.Parse(length, CultureInfo.InvariantCulture)) return null;
        if (Header(head, "transfer-encoding") is not null && !body.EndsWith("0\r\n\r\n", StringComparison.Ordinal)) return null;
        IsKept = Header(head, "connection") != "close";
        return (int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture), body);
    }

    private static string? Header(string head, string name)
    {
        var at = head.IndexOf($"\r\n{name}: ", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return null;
        at += name.Length + 4;
        return head[at..head.IndexOf('\r', at)];
    }
}
