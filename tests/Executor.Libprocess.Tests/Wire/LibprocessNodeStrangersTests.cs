using System.Net;
using Executor.Libprocess.Wire;
using static Executor.Libprocess.Tests.Wire.ReaderInput;

namespace Executor.Libprocess.Tests.Wire;

/// <summary>What a node does with peers that are not libprocess, or not even well-meaning.</summary>
[CancelAfter(30_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LibprocessNodeStrangersTests : IAsyncDisposable
{
    private const string Message =
        "POST /executor(1)/n HTTP/1.1\r\nLibprocess-From: slave(1)@127.0.0.1:5051\r\nContent-Length: 0\r\n";

    private readonly EventQueue<LibprocessEvent> _events = new();
    private readonly LibprocessNode _node = new("executor(1)", new LibprocessOptions { MaxBodyBytes = 1024 });

    public LibprocessNodeStrangersTests() => _node.Start(_events.Post);

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Test]
    public async Task A_sender_that_is_not_libprocess_gets_a_202_for_each_message(CancellationToken cancel)
    {
        using var sender = await RawPeer.ConnectAsync(_node.Self.Address, cancel);

        await sender.SendAsync(Bytes(Message + "\r\n" + Message + "\r\n"), cancel);
        sender.EndSending();

        const string accepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
        Assert.That(await sender.ReadToEndAsync(cancel), Is.EqualTo(accepted + accepted));
    }

    [Test]
    public async Task A_libprocess_sender_gets_no_answer(CancellationToken cancel)
    {
        using var sender = await RawPeer.ConnectAsync(_node.Self.Address, cancel);

        await sender.SendAsync(Bytes(Message + "User-Agent: libprocess/slave(1)@127.0.0.1:5051\r\n\r\n"), cancel);
        sender.EndSending();

        Assert.That(await sender.ReadToEndAsync(cancel), Is.Empty);
        await _events.NextAsync<LibprocessEvent.Received>(cancel);
    }

    [Test]
    public async Task A_refused_peer_is_told_of_and_closed_and_what_came_before_counts(CancellationToken cancel)
    {
        using var sender = await RawPeer.ConnectAsync(_node.Self.Address, cancel);

        await sender.SendAsync(Bytes(Message + "\r\nGET / HTTP/1.1\r\n\r\n" + Message + "\r\n"), cancel);

        await sender.ReadToEndAsync(cancel);
        await _events.NextAsync<LibprocessEvent.Received>(cancel);
        Assert.That((await _events.NextAsync<LibprocessEvent.Refused>(cancel)).Kind, Is.EqualTo("method"));
        Assert.That(_events.Rest(), Is.Empty);
    }

    [Test]
    public async Task A_body_over_the_limit_closes_the_connection_before_it_comes(CancellationToken cancel)
    {
        using var sender = await RawPeer.ConnectAsync(_node.Self.Address, cancel);

        await sender.SendAsync(Bytes(Message.Replace("Length: 0", "Length: 1025", StringComparison.Ordinal) + "\r\n"), cancel);

        await sender.ReadToEndAsync(cancel);
        Assert.That((await _events.NextAsync<LibprocessEvent.Refused>(cancel)).Kind, Is.EqualTo("size"));
    }

    [Test]
    public async Task Who_comes_from_where_no_peer_is_may_send_less(CancellationToken cancel)
    {
        await using var node = new LibprocessNode(
            "executor(1)", new LibprocessOptions { IsOfPeers = address => !address.Equals(IPAddress.Loopback), MaxStrangerBodyBytes = 16 });
        var events = new EventQueue<LibprocessEvent>();
        node.Start(events.Post);
        using var sender = await RawPeer.ConnectAsync(node.Self.Address, cancel);

        await sender.SendAsync(Bytes(Message.Replace("Length: 0", "Length: 17", StringComparison.Ordinal) + "\r\n"), cancel);

        await sender.ReadToEndAsync(cancel);
        Assert.That((await events.NextAsync<LibprocessEvent.Refused>(cancel)).Detail, Is.EqualTo("a body of more than 16 bytes"));
    }

    [Test]
    public async Task A_peer_that_leaves_within_a_message_is_told_of(CancellationToken cancel)
    {
        using (var sender = await RawPeer.ConnectAsync(_node.Self.Address, cancel)) await sender.SendAsync(Bytes(Message), cancel);

        Assert.That((await _events.NextAsync<LibprocessEvent.Refused>(cancel)).Kind, Is.EqualTo("truncated"));
    }

    [Test]
    public async Task A_message_for_an_actor_that_is_not_here_is_404_to_a_sender_who_waits(CancellationToken cancel)
    {
        using var sender = await RawPeer.ConnectAsync(_node.Self.Address, cancel);

        await sender.SendAsync(Bytes(Message.Replace(_node.Self.Id, "somebody", StringComparison.Ordinal) + "\r\n"), cancel);

        sender.EndSending();

        Assert.That(await sender.ReadToEndAsync(cancel), Does.StartWith("HTTP/1.1 404 Not Found\r\n"));
        Assert.That((await _events.NextAsync<LibprocessEvent.Refused>(cancel)).Kind, Is.EqualTo("actor"));
    }

    [Test]
    public async Task One_connection_too_many_closes_the_one_that_has_been_silent_longest(CancellationToken cancel)
    {
        await using var node = new LibprocessNode("executor(1)", new LibprocessOptions { MaxConnections = 2 });
        var events = new EventQueue<LibprocessEvent>();
        node.Start(events.Post);
        using var first = await RawPeer.ConnectAsync(node.Self.Address, cancel);
        await SendAsync(first);
        using var second = await RawPeer.ConnectAsync(node.Self.Address, cancel);
        await SendAsync(second);
        await SendAsync(first);

        using var third = await RawPeer.ConnectAsync(node.Self.Address, cancel);

        Assert.That((await events.NextAsync<LibprocessEvent.Refused>(cancel)).Kind, Is.EqualTo("connections"));
        await second.ReadToEndAsync(cancel);
        await SendAsync(first);
        await SendAsync(third);

        async Task SendAsync(RawPeer peer)
        {
            await peer.SendAsync(Bytes(Message + "\r\n"), cancel);
            await events.NextAsync<LibprocessEvent.Received>(cancel);
        }
    }

    [Test]
    public async Task A_stranger_is_closed_before_the_agent_however_silent_that_is(CancellationToken cancel)
    {
        await using var node = new LibprocessNode("executor(1)", new LibprocessOptions { MaxConnections = 2 });
        var events = new EventQueue<LibprocessEvent>();
        node.Start(events.Post);
        await using var agent = new LibprocessNode("slave(1)", new LibprocessOptions());
        agent.Start(_ => { });
        node.Link(agent.Self);
        agent.Send(node.Self, "first", []);
        await events.NextAsync<LibprocessEvent.Received>(cancel);
        using var stranger = await RawPeer.ConnectAsync(node.Self.Address, cancel);
        await stranger.SendAsync(Bytes(Message + "\r\n"), cancel);
        await events.NextAsync<LibprocessEvent.Received>(cancel);

        using var another = await RawPeer.ConnectAsync(node.Self.Address, cancel);

        Assert.That((await events.NextAsync<LibprocessEvent.Refused>(cancel)).Kind, Is.EqualTo("connections"));
        await stranger.ReadToEndAsync(cancel);
        agent.Send(node.Self, "second", []);
        Assert.That((await events.NextAsync<LibprocessEvent.Received>(cancel)).Message.Name, Is.EqualTo("second"));
    }

    [Test]
    public async Task A_peer_that_is_gone_without_a_word_is_noticed_by_the_kernel(CancellationToken cancel)
    {
        await using var peer = new LibprocessNode("slave(1)", new LibprocessOptions());
        peer.Send(_node.Self, "n", []);
        await _events.NextAsync<LibprocessEvent.Received>(cancel);

        // Local address, remote address, state (01: connected), queues, timer (02: keepalive).
        var local = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"0100007F:{_node.Self.Address.Port:X4}");
        var connection = (await File.ReadAllLinesAsync("/proc/net/tcp", cancel))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Single(fields => fields[1] == local && fields[3] == "01");

        Assert.That(connection[5], Does.StartWith("02:"));
    }

    [Test]
    public async Task Hostile_connections_do_not_stop_the_others(CancellationToken cancel)
    {
        await using var peer = new LibprocessNode("slave(1)", new LibprocessOptions());
        peer.Send(_node.Self, "first", []);
        await _events.NextAsync<LibprocessEvent.Received>(cancel);
        List<RawPeer> hostile = [];
        for (var i = 0; i < 20; i++) hostile.Add(await RawPeer.ConnectAsync(_node.Self.Address, cancel));

        // Every other one sends nonsense and is closed; the rest stay open with half a message, and one just leaves.
        foreach (var (i, connection) in hostile.Index())
            await connection.SendAsync(Bytes(i % 2 == 0 ? "\0\n" : Message), cancel);
        hostile[1].Dispose();
        for (var refused = 0; refused < 11; refused++) await _events.NextAsync<LibprocessEvent.Refused>(cancel);
        peer.Send(_node.Self, "second", []);

        Assert.That((await _events.NextAsync<LibprocessEvent.Received>(cancel)).Message.Name, Is.EqualTo("second"));
        hostile.ForEach(connection => connection.Dispose());
    }

    [Test]
    public async Task Disposal_closes_connections_that_others_opened(CancellationToken cancel)
    {
        using var sender = await RawPeer.ConnectAsync(_node.Self.Address, cancel);
        await sender.SendAsync(Bytes(Message + "\r\n"), cancel);
        await _events.NextAsync<LibprocessEvent.Received>(cancel);

        await _node.DisposeAsync();

        Assert.That(await sender.ReadToEndAsync(cancel), Does.StartWith("HTTP/1.1 202").Or.Empty);
    }
}
