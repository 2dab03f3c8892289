using System.Net;

namespace Executor.Libprocess.Wire;

/// <summary>Where a node listens and what it tells others its address is.</summary>
public sealed record LibprocessOptions
{
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0 takes a free port.</summary>
    public int Port { get; init; }

    public IPEndPoint? Advertised { get; init; }

    /// <summary>A larger body is refused and its connection closed.</summary>
    public int MaxBodyBytes { get; init; } = 16 * 1024 * 1024;
}

/// <summary>
/// One libprocess actor on the wire: listens for messages and sends them over one kept-open connection per peer.
/// </summary>
public sealed class LibprocessNode : IAsyncDisposable
{
    /// <summary>Binds the listener, so that <see cref="Self"/> is known; nothing is accepted before Start.</summary>
    public LibprocessNode(string id, LibprocessOptions options)
    {
        _ = options;
        Self = new Upid(id, new IPEndPoint(IPAddress.Loopback, 0));
    }

    public Upid Self { get; }

    /// <param name="post">Called one event at a time, on a pool thread; it only queues.</param>
    public void Start(Action<LibprocessEvent> post) => throw new NotImplementedException();

    /// <summary>
    /// Opens a fresh connection to the peer and watches it; its close raises <see cref="LibprocessEvent.LinkBroken"/>
    /// once. Linking again replaces the connection without an event for the old one.
    /// </summary>
    public void Link(Upid peer) => throw new NotImplementedException();

    /// <summary>Queues a message; messages to one peer keep their order. What a broken link swallows is lost.</summary>
    public void Send(Upid to, string name, ReadOnlySpan<byte> body) => throw new NotImplementedException();

    /// <summary>Flushes what is queued (bounded), then closes everything.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
