using System.Net;
using System.Net.Sockets;
using Executor.Core.Ports;
using Executor.Libprocess.Wire;

namespace Executor.Libprocess.Tests.Wire;

[CancelAfter(30_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LibprocessNodeTests : IAsyncDisposable
{
    private readonly EventQueue<LibprocessEvent> _events = new();
    private readonly EventQueue<LibprocessEvent> _peerEvents = new();
    private readonly LibprocessNode _node = new("executor(1)", new LibprocessOptions { MaxBodyBytes = 2 * 1024 * 1024 });
    private readonly LibprocessNode _peer = new("slave(1)", new LibprocessOptions { MaxBodyBytes = 2 * 1024 * 1024 });

    public LibprocessNodeTests()
    {
        _node.Start(_events.Post);
        _peer.Start(_peerEvents.Post);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _peer.DisposeAsync();
    }

    [Test]
    public async Task A_message_goes_each_way(CancellationToken cancel)
    {
        _node.Send(_peer.Self, "mesos.internal.There", "one"u8);
        var there = await _peerEvents.NextAsync<LibprocessEvent.Received>(cancel);
        _peer.Send(there.Message.From, "mesos.internal.Back", "two"u8);
        var back = await _events.NextAsync<LibprocessEvent.Received>(cancel);

        Assert.That((there.Message.To, there.Message.Name, there.Message.From), Is.EqualTo(("slave(1)", "mesos.internal.There", _node.Self)));
        Assert.That(there.Message.Body.ToArray(), Is.EqualTo("one"u8.ToArray()));
        Assert.That(there.Remote, Is.EqualTo(IPAddress.Loopback));
        Assert.That((back.Message.To, back.Message.Name, back.Message.From), Is.EqualTo(("executor(1)", "mesos.internal.Back", _peer.Self)));
        Assert.That(back.Message.Body.ToArray(), Is.EqualTo("two"u8.ToArray()));
    }

    [Test]
    public async Task Messages_to_one_peer_keep_their_order(CancellationToken cancel)
    {
        for (var i = 0; i < 1000; i++) _node.Send(_peer.Self, "n", BitConverter.GetBytes(i));

        for (var i = 0; i < 1000; i++)
        {
            var received = await _peerEvents.NextAsync<LibprocessEvent.Received>(cancel);
            Assert.That(BitConverter.ToInt32(received.Message.Body.Span), Is.EqualTo(i));
        }
    }

    [Test]
    public async Task No_message_is_lost_when_threads_open_the_connection_at_the_same_time(CancellationToken cancel)
    {
        const int senders = 8;
        using var together = new Barrier(senders);
        var sending = Enumerable.Range(0, senders).Select(i => Task.Factory.StartNew(
            () =>
            {
                together.SignalAndWait(cancel);
                _node.Send(_peer.Self, "n", [(byte)i]);
            },
            cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        await Task.WhenAll(sending);

        List<byte> received = [];
        while (received.Count < senders)
            received.Add((await _peerEvents.NextAsync<LibprocessEvent.Received>(cancel)).Message.Body.Span[0]);
        Assert.That(received, Is.EquivalentTo(Enumerable.Range(0, senders)));
    }

    [Test]
    public async Task A_body_of_1_MiB_arrives_whole(CancellationToken cancel)
    {
        var body = new byte[1024 * 1024];
        new Random(1).NextBytes(body);

        _node.Send(_peer.Self, "n", body);

        var received = await _peerEvents.NextAsync<LibprocessEvent.Received>(cancel);
        Assert.That(received.Message.Body.Span.SequenceEqual(body), Is.True);
    }

    [Test]
    public async Task A_link_breaks_when_the_peer_closes(CancellationToken cancel)
    {
        _node.Link(_peer.Self);
        await ConnectedAsync(cancel);

        await _peer.DisposeAsync();

        Assert.That(await _events.NextAsync(cancel), Is.EqualTo(new LibprocessEvent.LinkBroken(_peer.Self)));
    }

    [Test]
    public async Task A_link_to_a_peer_that_never_listened_breaks(CancellationToken cancel)
    {
        await _peer.DisposeAsync();

        _node.Link(_peer.Self);

        Assert.That(await _events.NextAsync(cancel), Is.EqualTo(new LibprocessEvent.LinkBroken(_peer.Self)));
    }

    /// <summary>Whatever a sender does while its link ends, the end is told: nothing else tells that an agent is gone.</summary>
    [Test]
    public async Task A_link_breaks_also_while_messages_are_being_sent(CancellationToken cancel)
    {
        for (var round = 0; round < 50; round++)
        {
            var events = new EventQueue<LibprocessEvent>();
            var peer = new LibprocessNode("slave(1)", new LibprocessOptions());
            peer.Start(events.Post);
            _node.Link(peer.Self);
            _node.Send(peer.Self, "connected", []);
            await events.NextAsync<LibprocessEvent.Received>(cancel);

            var closing = peer.DisposeAsync();
            var broken = _events.NextAsync(cancel).AsTask();
            while (!broken.IsCompleted)
            {
                _node.Send(peer.Self, "more", []);
                await Task.Yield();
            }

            Assert.That(await broken, Is.EqualTo(new LibprocessEvent.LinkBroken(peer.Self)));
            await closing;
        }
    }

    [Test]
    public async Task Linking_again_replaces_the_connection_without_an_event(CancellationToken cancel)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var peer = new Upid("slave(1)", (IPEndPoint)listener.LocalEndpoint);
        _node.Link(peer);
        using var first = await listener.AcceptSocketAsync(cancel);

        _node.Link(peer);

        using var second = await listener.AcceptSocketAsync(cancel);
        await EndAsync(first, cancel);
        second.Dispose();
        await _events.NextAsync<LibprocessEvent.LinkBroken>(cancel);
        Assert.That(_events.Rest(), Is.Empty);
    }

    [Test]
    public async Task A_connection_that_is_no_link_ends_without_an_event_and_opens_again(CancellationToken cancel)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var peer = new Upid("slave(1)", (IPEndPoint)listener.LocalEndpoint);
        _node.Send(peer, "first", []);
        var first = await listener.AcceptSocketAsync(cancel);
        first.Dispose();

        var again = listener.AcceptSocketAsync(cancel).AsTask();
        while (!again.IsCompleted)
        {
            _node.Send(peer, "again", []);
            await Task.Yield();
        }

        (await again).Dispose();
        Assert.That(_events.Rest(), Is.Empty);
    }

    [Test]
    public async Task A_restarted_node_binds_its_old_port_at_once(CancellationToken cancel)
    {
        _node.Link(_peer.Self);
        await ConnectedAsync(cancel);
        _peer.Send(_node.Self, "n", []);
        await _events.NextAsync<LibprocessEvent.Received>(cancel);
        // The side that closes first keeps the port in TIME_WAIT, which is why an agent's restart needs the option.
        await _peer.DisposeAsync();

        await using var restarted = new LibprocessNode("slave(1)", new LibprocessOptions { Port = _peer.Self.Address.Port });
        restarted.Start(_peerEvents.Post);

        await _events.NextAsync<LibprocessEvent.LinkBroken>(cancel);
        _node.Send(restarted.Self, "again", []);
        Assert.That((await _peerEvents.NextAsync<LibprocessEvent.Received>(cancel)).Message.Name, Is.EqualTo("again"));
    }

    [Test]
    public void A_port_in_use_is_not_shared() => Assert.That(
        () => new LibprocessNode("slave(1)", new LibprocessOptions { Port = _peer.Self.Address.Port }),
        Throws.TypeOf<SocketException>());

    [Test]
    public async Task Disposal_sends_what_is_queued(CancellationToken cancel)
    {
        for (var i = 0; i < 200; i++) _node.Send(_peer.Self, "n", new byte[10_000]);

        await _node.DisposeAsync();

        for (var i = 0; i < 200; i++) await _peerEvents.NextAsync<LibprocessEvent.Received>(cancel);
    }

    [Test]
    public async Task After_disposal_nothing_is_sent_and_nothing_thrown()
    {
        await _node.DisposeAsync();

        Assert.That(() => _node.Send(_peer.Self, "n", []), Throws.Nothing);
        Assert.That(() => _node.Link(_peer.Self), Throws.Nothing);
        Assert.That(_peerEvents.Rest(), Is.Empty);
    }

    [Test]
    public async Task What_is_advertised_stands_in_every_message(CancellationToken cancel)
    {
        var options = new LibprocessOptions { AdvertisedAddress = IPAddress.Parse("192.0.2.1"), AdvertisedPort = 99 };
        await using var node = new LibprocessNode("executor(1)", options);

        node.Send(_peer.Self, "n", []);

        var received = await _peerEvents.NextAsync<LibprocessEvent.Received>(cancel);
        Assert.That(received.Message.From.ToString(), Is.EqualTo("executor(1)@192.0.2.1:99"));
    }

    [Test]
    public async Task A_reserved_address_takes_no_connection_and_then_the_node_that_comes(CancellationToken cancel)
    {
        int port;
        await using (var before = new LibprocessNode("slave(1)", new LibprocessOptions())) port = before.Self.Address.Port;
        var address = new IPEndPoint(IPAddress.Loopback, port);

        using var place = LibprocessNode.Reserve(address);
        using var refused = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(async () => await refused.ConnectAsync(address, cancel));
        await using var after = new LibprocessNode("slave(1)", new LibprocessOptions { Port = port });
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await taken.ConnectAsync(address, cancel);

        Assert.That(after.Self.Address, Is.EqualTo(address));
    }

    /// <summary>A process that is being started has copies of all descriptors, until its exec.</summary>
    [Test]
    public async Task A_copy_of_the_listener_s_descriptor_does_not_keep_the_port()
    {
        var before = Descriptors.All();
        var node = new LibprocessNode("slave(1)", new LibprocessOptions());
        var copies = Descriptors.All().Except(before).Select(Descriptors.Copy).ToArray();
        try
        {
            await node.DisposeAsync();

            using var place = LibprocessNode.Reserve(node.Self.Address);
            await using var after = new LibprocessNode("slave(1)", new LibprocessOptions { Port = node.Self.Address.Port });
            Assert.That(after.Self.Address, Is.EqualTo(node.Self.Address));
        }
        finally
        {
            foreach (var copy in copies) copy.Dispose();
        }
    }

    /// <summary>Returns when the other side has closed: with an end or, as there is nothing to flush, a reset.</summary>
    private static async Task EndAsync(Socket socket, CancellationToken cancel)
    {
        try
        {
            Assert.That(await socket.ReceiveAsync(new byte[1], cancel), Is.Zero);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
        }
    }

    /// <summary>A message that came shows that the connection before it is open: they use the same one.</summary>
    private async Task ConnectedAsync(CancellationToken cancel)
    {
        _node.Send(_peer.Self, "connected", []);
        await _peerEvents.NextAsync<LibprocessEvent.Received>(cancel);
    }
}
