using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Executor.Tests.Fakes;

internal sealed record LoopbackRequest(
    string Method, string Path, IReadOnlyDictionary<string, string> Query, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public override string ToString() => $"{Method} {Path}";
}

internal sealed record LoopbackResponse(int Status, string Body);

/// <summary>An HTTP/1.1 server on loopback, over TCP or a Unix socket, with or without TLS; connections are kept open.</summary>
/// <param name="answer">Null breaks the connection off.</param>
internal sealed class LoopbackServer(
    Func<LoopbackRequest, CancellationToken, Task<LoopbackResponse?>> answer, X509Certificate2? certificate, string? socketPath) : IAsyncDisposable
{
    private readonly Socket _listener = socketPath is null
        ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private readonly CancellationTokenSource _over = new();
    private Task _serving = Task.CompletedTask;

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <param name="port">0 takes a free one.</param>
    public void Start(int port = 0)
    {
        _listener.Bind(socketPath is null ? new IPEndPoint(IPAddress.Loopback, port) : new UnixDomainSocketEndPoint(socketPath));
        _listener.Listen();
        _serving = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Dispose();
        await _serving;
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptAsync(_over.Token)));
                connections.RemoveAll(connection => connection.IsCompleted);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            if (socketPath is null) socket.NoDelay = true;
            await using var network = new NetworkStream(socket, ownsSocket: true);
            await using var stream = certificate is null ? (Stream)network : new SslStream(network);
            if (stream is SslStream tls)
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, _over.Token);
            var pending = new List<byte>();
            while (await ReadAsync(stream, pending) is { } request)
            {
                if (await answer(request, _over.Token) is not { } response) return;
                await stream.WriteAsync(
                    Encoding.UTF8.GetBytes(FormattableString.Invariant(
                        $"HTTP/1.1 {response.Status} X\r\nContent-Length: {Encoding.UTF8.GetByteCount(response.Body)}\r\n\r\n{response.Body}")),
                    _over.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // The peer has gone, or the server is over.
        }
    }

    /// <param name="pending">What was read and not used yet.</param>
    private async Task<LoopbackRequest?> ReadAsync(Stream stream, List<byte> pending)
    {
        int end;
        while ((end = Encoding.Latin1.GetString([.. pending]).IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
            if (!await FillAsync(stream, pending)) return null;
        var lines = Encoding.Latin1.GetString([.. pending[..end]]).Split("\r\n");
        pending.RemoveRange(0, end + 4);
        var headers = lines[1..].Select(line => line.Split(": ", 2))
            .ToDictionary(header => header[0], header => header[1], StringComparer.OrdinalIgnoreCase);
        var length = headers.TryGetValue("Content-Length", out var text) ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 0;
        while (pending.Count < length)
            if (!await FillAsync(stream, pending)) return null;
        var body = Encoding.UTF8.GetString([.. pending[..length]]);
        pending.RemoveRange(0, length);
        var words = lines[0].Split(' ');
        var target = words[1].Split('?', 2);
        var query = target.Length == 1 ? [] : target[1].Split('&').Select(one => one.Split('=', 2))
            .ToDictionary(one => one[0], one => Uri.UnescapeDataString(one.ElementAtOrDefault(1) ?? ""), StringComparer.Ordinal);
        return new LoopbackRequest(words[0], Uri.UnescapeDataString(target[0]), query, headers, body);
    }

    private async Task<bool> FillAsync(Stream stream, List<byte> pending)
    {
        var buffer = new byte[4096];
        var count = await stream.ReadAsync(buffer, _over.Token);
        pending.AddRange(buffer[..count]);
        return count > 0;
    }
}
