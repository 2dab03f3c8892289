using System.Net;
using System.Net.Sockets;

namespace Executor.Core.Tests.Soak;

/// <summary>Takes lines over TCP, one connection at a time, and can reset the one that there is.</summary>
internal sealed class LineSink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly SemaphoreSlim _lines = new(0);
    private readonly CancellationTokenSource _over = new();
    private readonly Task _work;
    private volatile Socket? _connection;

    public LineSink()
    {
        _listener.Start();
        _work = RunAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Waits for one more line.</summary>
    public Task TakeAsync(CancellationToken cancellationToken) => _lines.WaitAsync(cancellationToken);

    public void Reset()
    {
        if (_connection is not { } connection) return;
        connection.LingerState = new LingerOption(true, 0);
        connection.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Dispose();
        await _work;
        _over.Dispose();
        _lines.Dispose();
    }

    private async Task RunAsync()
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            try
            {
                using var connection = _connection = await _listener.AcceptSocketAsync(_over.Token);
                int read;
                while ((read = await connection.ReceiveAsync(buffer, _over.Token)) > 0)
                    if (buffer.AsSpan(0, read).Count((byte)'\n') is var count and > 0) _lines.Release(count);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException && !_over.IsCancellationRequested)
            {
                // It was reset: the next one comes.
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
