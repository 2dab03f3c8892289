using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;

namespace Executor.Interop.Tests;

[CancelAfter(20_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class AgentLinkTests : IDisposable
{
    private readonly TcpListener _agent = new(IPAddress.Loopback, 0);
    private readonly FakeTimeProvider _time = new();
    private readonly SemaphoreSlim _gone = new(0);
    private readonly SemaphoreSlim _back = new(0);
    private readonly AgentLink _link;

    public AgentLinkTests()
    {
        _agent.Start();
        _link = new AgentLink((IPEndPoint)_agent.LocalEndpoint, _time, () => _gone.Release(), () => _back.Release());
    }

    public void Dispose()
    {
        _link.Dispose();
        _agent.Dispose();
        _gone.Dispose();
        _back.Dispose();
    }

    [Test]
    public async Task An_agent_that_closes_the_link_and_takes_no_other_is_gone(CancellationToken limit)
    {
        _link.Renew();
        using (await _agent.AcceptSocketAsync(limit)) await PassTimeUntilAsync(() => !_link.IsBroken, limit);
        _agent.Stop();

        await PassTimeUntilAsync(() => _gone.CurrentCount > 0, limit);
        Assert.That(_link.IsBroken, Is.True);
    }

    [Test]
    public async Task An_agent_that_restarts_faster_than_anybody_looks_is_gone_and_one_whose_link_was_only_cut_is_back(CancellationToken limit)
    {
        _link.Renew();
        (await _agent.AcceptSocketAsync(limit)).Dispose();

        var second = _agent.AcceptSocketAsync(limit).AsTask();
        await PassTimeUntilAsync(() => second.IsCompleted, limit);

        using var socket = await second;
        Assert.That(_gone.CurrentCount, Is.EqualTo(1));
        await PassTimeUntilAsync(() => !_link.IsBroken, limit);
        await PassTimeUntilAsync(() => _back.CurrentCount > 0, limit);
    }

    [Test]
    public async Task An_agent_that_is_there_again_and_asks_for_no_registration_is_back(CancellationToken limit)
    {
        var address = (IPEndPoint)_agent.LocalEndpoint;
        _agent.Stop();
        _link.Renew();
        await PassTimeUntilAsync(() => _gone.CurrentCount > 0, limit);

        using var again = new TcpListener(address);
        again.Start();

        await PassTimeUntilAsync(() => _back.CurrentCount > 0, limit);
        Assert.That(_gone.CurrentCount, Is.EqualTo(1));
    }

    [Test]
    public async Task A_renewed_link_says_nothing_of_the_one_before(CancellationToken limit)
    {
        _link.Renew();
        var first = await _agent.AcceptSocketAsync(limit);
        var goneWhenRenewed = -1;
        _link.Renew(() => goneWhenRenewed = _gone.CurrentCount);
        using (await _agent.AcceptSocketAsync(limit)) first.Dispose();
        _agent.Stop();

        await PassTimeUntilAsync(() => _gone.CurrentCount > 0, limit);
        Assert.That((goneWhenRenewed, _gone.CurrentCount), Is.EqualTo((0, 1)));
    }

    private async Task PassTimeUntilAsync(Func<bool> done, CancellationToken limit)
    {
        while (!done())
        {
            limit.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Yield();
        }
    }
}
