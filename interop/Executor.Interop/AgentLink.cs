using System.Net;
using System.Net.Sockets;

namespace Executor.Interop;

/// <summary>
/// A connection to the agent that carries nothing and only tells by its end that the agent is gone, which libmesos
/// keeps to itself. To the agent it looks like a libprocess peer's link. Safe from any thread.
/// </summary>
/// <remarks>
/// The end of the connection may only mean that something between has cut it, but an agent that restarts can listen
/// again before anybody has looked. So the end counts, and so does an agent that cannot be connected to; when it can be
/// again and nobody has renewed the link for a while, it never was gone.
/// </remarks>
/// <param name="onGone">Comes once until <paramref name="onBack"/> or a renewal; must not block.</param>
/// <param name="onBack">The agent is there, and does not want the executor to register again; must not block.</param>
internal sealed class AgentLink(IPEndPoint agent, TimeProvider time, Action onGone, Action onBack) : IDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(250);

    /// <summary>An agent gives its executors at most 15 s to register again (slave/constants.hpp).</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private CancellationTokenSource _over = new();
    private Socket? _socket;
    private bool _gone;
    private bool _disposed;

    /// <summary>Whether there is no connection to the agent, told from the socket itself.</summary>
    public bool IsBroken
    {
        get
        {
            lock (_gate) return _socket is null || HasEnded(_socket);
        }
    }

    /// <summary>Connects anew and forgets what was before.</summary>
    /// <param name="first">Done before anything of the new link can be told, and after everything of the old one.</param>
    public void Renew(Action? first = null)
    {
        lock (_gate)
        {
            Close();
            first?.Invoke();
            _gone = false;
            if (_disposed) return;
            _ = WatchAsync(_over.Token);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Close();
        }
    }

    private void Close()
    {
        _over.Cancel();
        _over.Dispose();
        _over = new CancellationTokenSource();
        _socket?.Dispose();
        _socket = null;
    }

    private async Task WatchAsync(CancellationToken over)
    {
        try
        {
            while (true)
            {
                try
                {
                    await ConnectAndReadAsync(over);
                }
                catch (SocketException)
                {
                    // Descriptors ran out, which says nothing of the agent.
                }

                await Task.Delay(Retry, time, over);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Renewed or disposed.
        }
    }

    private async Task ConnectAndReadAsync(CancellationToken over)
    {
        using var socket = new Socket(agent.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            await socket.ConnectAsync(agent, over);
        }
        catch (SocketException)
        {
            Tell(gone: true, over);
            return;
        }

        lock (_gate)
        {
            over.ThrowIfCancellationRequested();
            _socket = socket;
        }

        try
        {
            using var settled = _gone ? time.CreateTimer(_ => Tell(gone: false, over), null, Settling, Timeout.InfiniteTimeSpan) : null;
            var nothing = new byte[256];
            while (await socket.ReceiveAsync(nothing, over) > 0)
            {
                // An agent has nothing to say here.
            }
        }
        catch (SocketException)
        {
            // As good as its end.
        }
        finally
        {
            lock (_gate)
                if (_socket == socket) _socket = null;
        }

        Tell(gone: true, over);
    }

    private void Tell(bool gone, CancellationToken over)
    {
        lock (_gate)
        {
            if (over.IsCancellationRequested || _gone == gone) return;
            _gone = gone;
            (gone ? onGone : onBack)();
        }
    }

    private static bool HasEnded(Socket socket)
    {
        try
        {
            return socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }
}
