using System.Net;
using System.Net.Sockets;

namespace Executor.Bench.Logs;

/// <summary>Takes lines over TCP and counts them; no faster than it is told, or not at all.</summary>
internal sealed class CountingReceiver : IDisposable
{
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly ReceiverPace _pace;
    private long _lines;

    public CountingReceiver(ReceiverPace pace)
    {
        _pace = pace;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        if (pace != ReceiverPace.Down) _listener.Listen();
        if (pace is ReceiverPace.Fast or ReceiverPace.Slow) new Thread(Run) { IsBackground = true }.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public long Lines => Interlocked.Read(ref _lines);

    public void Dispose() => _listener.Dispose();

    private void Run()
    {
        var buffer = new byte[1 << 20];
        try
        {
            while (true)
            {
                using var socket = _listener.Accept();
                int read;
                while ((read = socket.Receive(buffer)) > 0)
                {
                    Interlocked.Add(ref _lines, buffer.AsSpan(0, read).Count((byte)'\n'));
                    if (_pace == ReceiverPace.Slow) _ = new ManualResetEvent(false).WaitOne(100);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The run is over.
        }
    }
}

/// <summary>How a receiver takes what it is sent.</summary>
internal enum ReceiverPace
{
    Fast,
    Slow,

    /// <summary>It lets connect, and reads nothing.</summary>
    Hanging,

    /// <summary>Nobody listens.</summary>
    Down,
}
