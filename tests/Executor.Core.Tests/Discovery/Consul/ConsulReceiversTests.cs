using System.Text;
using Executor.Core.Configuration;
using Executor.Core.Discovery.Consul;
using Executor.Tests.Fakes;

namespace Executor.Core.Tests.Discovery.Consul;

[CancelAfter(30_000)]
public sealed class ConsulReceiversTests
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(10);

    private readonly RequestTime _time = new();

    [Test]
    public async Task The_healthy_instances_are_found_and_looked_for_again(CancellationToken limit)
    {
        await using var consul = new ConsulFake(_time).Start();
        await RegisterAsync(consul, "one", 5001, "passing", limit);
        await RegisterAsync(consul, "two", 5002, "critical", limit);
        var receivers = Receivers(consul);
        Expect(receivers, ("10.0.0.1", 5001));

        await RegisterAsync(consul, "two", 5002, "passing", limit);
        _time.Advance(Refresh);
        _ = receivers.Current;
        Expect(receivers, ("10.0.0.1", 5001), ("10.0.0.1", 5002));
        Assert.That(consul.Requests.Count(request => request.StartsWith("GET /v1/health/service/logs", StringComparison.Ordinal)), Is.EqualTo(2), "not at every look");
    }

    [Test]
    public async Task What_was_found_stays_while_Consul_is_away_or_has_none(CancellationToken limit)
    {
        await using var consul = new ConsulFake(_time).Start();
        await RegisterAsync(consul, "one", 5001, "passing", limit);
        var receivers = Receivers(consul);
        Expect(receivers, ("10.0.0.1", 5001));
        await consul.AnsweredAsync("GET ", limit);

        consul.LoseServices();
        _time.Advance(Refresh);
        _ = receivers.Current;
        await consul.AnsweredAsync("GET ", limit);
        await consul.StopAsync();
        _time.Advance(Refresh);
        _ = receivers.Current;
        Assert.That(receivers.Current, Is.EqualTo([new HostAndPort("10.0.0.1", 5001)]));

        // From here on the question that found nobody may find it, if it is late.
        consul.Start();
        await RegisterAsync(consul, "three", 5003, "passing", limit);
        _time.Advance(Refresh);
        _ = receivers.Current;
        Expect(receivers, ("10.0.0.1", 5003));
    }

    private ConsulReceivers Receivers(ConsulFake consul)
    {
        Assert.That(AllSettings.TryRead(new Dictionary<string, string> { ["EXECUTOR_CONSUL_HTTP_ADDR"] = consul.Address }, out var settings, out var error), error);
        return new ConsulReceivers(settings!, "logs", _time);
    }

    private static void Expect(ConsulReceivers receivers, params (string, int)[] addresses) =>
        Assert.That(() => receivers.Current.Select(one => (one.Host, one.Port)), Is.EquivalentTo(addresses).After(20_000, 5));

    private static async Task RegisterAsync(ConsulFake consul, string id, int port, string status, CancellationToken limit)
    {
        using var client = new HttpClient();
        using var body = new StringContent(
            $$$"""{"ID":"{{{id}}}","Name":"logs","Address":"10.0.0.1","Port":{{{port}}},"Check":{"TTL":"1h","Status":"{{{status}}}"}}""", Encoding.UTF8, "application/json");
        using var answer = await client.PutAsync(new Uri($"http://{consul.Address}/v1/agent/service/register"), body, limit);
        answer.EnsureSuccessStatusCode();
    }
}
