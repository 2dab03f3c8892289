using System.Net;
using System.Net.Sockets;

namespace Executor.Interop.Tests;

[CancelAfter(20_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class AgentLinkTests : IDisposable
{
    private readonly TcpListener _agent = new(IPAddress.Loopback, 0);
    private readonly SemaphoreSlim _broken = new(0);
    private readonly AgentLink _link;

    public AgentLinkTests()
    {
        _agent.Start();
        _link = new AgentLink((IPEndPoint)_agent.LocalEndpoint, () => _broken.Release());
    }

    public void Dispose()
    {
        _link.Dispose();
        _agent.Dispose();
        _broken.Dispose();
    }

    [Test]
    public async Task It_is_broken_when_the_agent_closes_it(CancellationToken limit)
    {
        _link.Renew();
        using (await _agent.AcceptSocketAsync(limit)) Assert.That(_link.IsBroken, Is.False);

        await _broken.WaitAsync(limit);
        Assert.That(_link.IsBroken, Is.True);
    }

    [Test]
    public async Task It_is_broken_when_the_agent_is_not_there(CancellationToken limit)
    {
        _agent.Stop();

        _link.Renew();

        await _broken.WaitAsync(limit);
        Assert.That(_link.IsBroken, Is.True);
    }

    [Test]
    public async Task A_renewed_link_says_nothing_of_the_one_before(CancellationToken limit)
    {
        _link.Renew();
        var first = await _agent.AcceptSocketAsync(limit);
        _link.Renew();
        using (await _agent.AcceptSocketAsync(limit)) first.Dispose();

        await _broken.WaitAsync(limit);
        Assert.That(_broken.CurrentCount, Is.Zero);
    }
}
