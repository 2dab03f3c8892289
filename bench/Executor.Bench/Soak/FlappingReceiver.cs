using System.Net;
using System.Net.Sockets;

namespace Executor.Bench.Soak;

/// <summary>Takes lines over TCP and counts them; it can go, and come back at the same port.</summary>
internal sealed class FlappingReceiver : IAsyncDisposable
{
    private TcpListener _listener = new(IPAddress.Loopback, 0);
    private CancellationTokenSource _over = new();
    private Task _taking = Task.CompletedTask;
    private long _lines;

    public int Port { get; private set; }

    public long Lines => Interlocked.Read(ref _lines);

    public void Start()
    {
        _over = new CancellationTokenSource();
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _taking = TakeAsync(_listener, _over.Token);
    }

    /// <summary>Breaks what is connected off.</summary>
    public async Task StopAsync()
    {
        await _over.CancelAsync();
        _listener.Dispose();
        await _taking;
        _over.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_over.IsCancellationRequested) await StopAsync();
    }

    private async Task TakeAsync(TcpListener listener, CancellationToken over)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                using var socket = await listener.AcceptSocketAsync(over);
                int read;
                while ((read = await socket.ReceiveAsync(buffer, over)) > 0)
                    Interlocked.Add(ref _lines, buffer.AsSpan(0, read).Count((byte)'\n'));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It is over, or the executor is.
        }
    }
}
