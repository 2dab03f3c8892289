using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Executor.Core.Tests.Logs;

/// <summary>Takes lines over TCP; of each connection but the last so many bytes, and then it resets it, or reads no more.</summary>
internal sealed class FaultyReceiver : IAsyncDisposable
{
    private const int Buffer = 8 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _hanging = [];
    private readonly List<string> _lines = [];
    private readonly Task _work;

    public FaultyReceiver(int faults, int bytes, bool hangs)
    {
        _listener.Server.ReceiveBufferSize = Buffer;
        _listener.Start();
        _work = Task.Factory.StartNew(() => Run(faults, bytes, hangs), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What the kernel keeps for a connection at most, in bytes.</summary>
    public int KernelBuffer => _listener.Server.ReceiveBufferSize;

    /// <summary>Whole lines, once the last connection has ended.</summary>
    public async Task<IReadOnlyList<string>> LinesAsync(CancellationToken limit)
    {
        await _work.WaitAsync(limit);
        return _lines;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        foreach (var socket in _hanging) socket.Dispose();
        await ((Task)_work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Run(int faults, int bytes, bool hangs)
    {
        for (var fault = 0; fault < faults; fault++)
        {
            var socket = _listener.AcceptSocket();
            Take(socket, bytes);
            if (hangs)
            {
                _hanging.Add(socket);
                continue;
            }

            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }

        using var last = _listener.AcceptSocket();
        Take(last, long.MaxValue);
    }

    private void Take(Socket socket, long bytes)
    {
        using var taken = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (taken.Length < bytes && socket.Receive(buffer, 0, (int)Math.Min(buffer.Length, bytes - taken.Length), SocketFlags.None) is var read and > 0)
            taken.Write(buffer, 0, read);
        var text = Encoding.UTF8.GetString(taken.GetBuffer(), 0, (int)taken.Length);
        // The last one has no end.
        foreach (var line in text.Split('\n')[..^1]) _lines.Add(line);
    }
}
