using System.Net;
using System.Net.Sockets;
using Executor.Core.Ports;

namespace Executor.Libprocess.Wire;

/// <summary>Where a node listens and what it tells others its address is.</summary>
public sealed record LibprocessOptions
{
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0 takes a free port.</summary>
    public int Port { get; init; }

    /// <summary>What peers are told, where it is not what the listener is bound to.</summary>
    public IPAddress? AdvertisedAddress { get; init; }

    public int? AdvertisedPort { get; init; }

    /// <summary>A larger body is refused and its connection closed.</summary>
    public int MaxBodyBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Whether the address is one that peers come from; who comes from elsewhere is read, but holds little memory.</summary>
    public Func<IPAddress, bool> IsOfPeers { get; init; } = _ => true;

    /// <summary>The body that one of the others may send.</summary>
    public int MaxStrangerBodyBytes { get; init; } = 64 * 1024;

    /// <summary>One more closes the one that has been silent longest. An agent has one or two; each may hold a whole body.</summary>
    public int MaxConnections { get; init; } = 64;
}

/// <summary>
/// One libprocess actor on the wire: listens for messages, and sends them over one kept-open connection per peer.
/// Messages come in on connections that peers open and go out on connections of our own; neither carries answers,
/// but for senders that are not libprocess.
/// </summary>
/// <remarks>All members are safe from any thread and none waits for the network, except disposal.</remarks>
public sealed class LibprocessNode : IAsyncDisposable
{
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    /// <summary>In seconds: a peer that is gone without a word is noticed within two minutes of silence.</summary>
    private const int AliveAfter = 60, AliveAgain = 15, AliveTries = 4;

    private readonly LibprocessOptions _options;
    private readonly Socket _listener;
    private readonly Lock _gate = new();
    private readonly Lock _posting = new();
    private readonly Dictionary<IPEndPoint, OutgoingConnection> _outgoing = [];
    private readonly IncomingConnections _incoming;
    private Action<LibprocessEvent> _post = _ => { };
    private bool _disposed;

    /// <summary>Binds the listener, so that <see cref="Self"/> is known; nothing is accepted before Start.</summary>
    /// <exception cref="SocketException">The address is not this host's, or the port is taken.</exception>
    public LibprocessNode(string id, LibprocessOptions options)
    {
        _options = options;
        _incoming = new IncomingConnections(options.MaxConnections);
        _listener = new Socket(options.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            AllowRebind(_listener);
            _listener.Bind(new IPEndPoint(options.Address, options.Port));
            _listener.Listen();
        }
        catch
        {
            _listener.Dispose();
            throw;
        }

        var bound = (IPEndPoint)_listener.LocalEndPoint!;
        Self = new Upid(id, new IPEndPoint(
            options.AdvertisedAddress ?? bound.Address, options.AdvertisedPort ?? bound.Port));
    }

    public Upid Self { get; }

    /// <summary>
    /// Keeps an address for a node to come: connections to it are refused, and nobody is given its port. Dispose it when that
    /// node is there.
    /// </summary>
    /// <exception cref="SocketException">Somebody has it.</exception>
    public static IDisposable Reserve(IPEndPoint address)
    {
        var place = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            AllowRebind(place);
            place.Bind(address);
            return place;
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    /// <param name="post">Called one event at a time, on a pool thread; it only queues.</param>
    public void Start(Action<LibprocessEvent> post)
    {
        _post = post;
        _ = AcceptAsync();
    }

    /// <summary>
    /// Opens a fresh connection to the peer and watches it; its close, or the failure to open it, raises
    /// <see cref="LibprocessEvent.LinkBroken"/> once. Linking again replaces the connection without an event for the
    /// old one, as drivers do on a reconnect: the old one may be half open (MESOS-5332).
    /// </summary>
    public void Link(Upid peer)
    {
        OutgoingConnection? replaced;
        lock (_gate) Open(peer, linked: true, out replaced);
        replaced?.Dispose();
    }

    /// <summary>Queues a message; messages to one peer keep their order. What a broken link swallows is lost.</summary>
    public void Send(Upid to, string name, ReadOnlySpan<byte> body)
    {
        var frame = MessageWriter.Write(Self, to, name, body);
        OutgoingConnection? ended;
        lock (_gate)
        {
            // A link that takes nothing more has ended and is about to say so; replacing it would silence its event.
            if (_outgoing.TryGetValue(to.Address, out var connection) && (connection.TrySend(frame) || connection.Linked))
                return;
            Open(to, linked: false, out ended)?.TrySend(frame);
        }

        ended?.Dispose();
    }

    /// <summary>Flushes what is queued, for two seconds at most, then closes everything.</summary>
    public async ValueTask DisposeAsync()
    {
        OutgoingConnection[] outgoing;
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            outgoing = [.. _outgoing.Values];
            _outgoing.Clear();
        }

        Deafen(_listener);
        _listener.Dispose();
        _incoming.Close();
        await Task.WhenAll(outgoing.Select(connection => connection.FlushAndCloseAsync(FlushLimit)));
    }

    /// <summary>Called under the gate. Null when the node is disposed.</summary>
    private OutgoingConnection? Open(Upid peer, bool linked, out OutgoingConnection? replaced)
    {
        replaced = null;
        if (_disposed) return null;
        _outgoing.Remove(peer.Address, out replaced);
        var connection = new OutgoingConnection(peer, linked, OnClosed);
        _outgoing.Add(peer.Address, connection);
        connection.Start();
        return connection;
    }

    private void OnClosed(OutgoingConnection connection)
    {
        // Held throughout: an event that links again comes either before this one's check or after this event.
        lock (_posting)
        {
            lock (_gate)
            {
                // A connection that was replaced, or closed with the node, has no event.
                if (!_outgoing.TryGetValue(connection.Peer.Address, out var current) || current != connection) return;
                _outgoing.Remove(connection.Peer.Address);
            }

            if (connection.Linked) _post(new LibprocessEvent.LinkBroken(connection.Peer));
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync();
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                lock (_gate)
                    if (_disposed) return;
                // The peer gave up before we came to it, or descriptors ran out: that passes, but not at once.
                await Task.Delay(AcceptPause, TimeProvider.System);
                continue;
            }

            _ = ReceiveAsync(socket);
        }
    }

    private async Task ReceiveAsync(Socket socket)
    {
        // A peer that always has more to read must not keep the accepting loop from the others.
        await Task.Yield();
        if (_incoming.Add(socket))
            Post(new LibprocessEvent.Refused("connections", $"more than {_options.MaxConnections} at a time: the one silent longest is closed"));
        try
        {
            socket.NoDelay = true;
            KeepAlive(socket);
            await ReadMessagesAsync(socket, ((IPEndPoint)socket.RemoteEndPoint!).Address);
        }
        catch (RefusedException e)
        {
            Post(new LibprocessEvent.Refused(e.Kind, e.Message));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer went away, or we did: what it had sent whole has been posted.
        }
        finally
        {
            _incoming.Remove(socket);
        }
    }

    private async Task ReadMessagesAsync(Socket socket, IPAddress remote)
    {
        var reader = new MessageReader(_options.IsOfPeers(remote) ? _options.MaxBodyBytes : _options.MaxStrangerBodyBytes);
        while (true)
        {
            var count = await socket.ReceiveAsync(reader.GetMemory());
            if (count == 0) break;
            _incoming.Hear(socket);
            reader.Advance(count);
            while (reader.TryRead(out var message, out var expectsAnswer))
            {
                var known = message.To == Self.Id;
                if (known && IsLinked(message.From)) _incoming.Hear(socket, isOfPeer: true);
                Post(known
                    ? new LibprocessEvent.Received(message, remote)
                    : new LibprocessEvent.Refused("actor", $"a message for \"{message.To}\", this is {Self.Id}"));
                if (expectsAnswer) await socket.SendAsync(known ? Accepted : NotFound);
            }
        }

        if (reader.InsideMessage) throw new RefusedException("truncated", $"{remote} left within a message");
    }

    private bool IsLinked(Upid peer)
    {
        lock (_gate) return _outgoing.TryGetValue(peer.Address, out var connection) && connection.Linked && connection.Peer == peer;
    }

    private static void KeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, AliveAfter);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, AliveAgain);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, AliveTries);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
    }

    private static readonly byte[] Accepted = [.. "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"u8];
    private static readonly byte[] NotFound = [.. "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"u8];

    private void Post(LibprocessEvent libprocessEvent)
    {
        lock (_posting) _post(libprocessEvent);
    }

    /// <summary>
    /// Ends the listening itself, for every copy of the descriptor: a process that is being started has one until its exec, and
    /// would keep the port from who comes next.
    /// </summary>
    private static void Deafen(Socket listener)
    {
        try
        {
            listener.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // It says that nobody is connected.
        }
    }

    /// <summary>
    /// SO_REUSEADDR alone, so that a restarted agent gets its port back. The runtime's own ReuseAddress option also
    /// sets SO_REUSEPORT, which would let two agents share one port.
    /// </summary>
    private static void AllowRebind(Socket socket) => socket.SetRawSocketOption(1, 2, BitConverter.GetBytes(1));
}
