using System.Net;
using System.Net.Sockets;
using Executor.Core.Configuration;
using Executor.Core.Discovery;
using Executor.Core.Discovery.HaProxy;
using Executor.Core.Hooks;
using Executor.Core.Tests.Processes;

namespace Executor.Core.Tests.Discovery.HaProxy;

/// <summary>What the tests with a real HAProxy share. What a test starts ends with it.</summary>
internal abstract class HaProxyTests : ProcessTests
{
    protected static Task<HaProxyServer> StartAsync(int slots = 3) => HaProxyServer.StartAsync(LaunchAsync, Limit, slots);

    /// <summary>A hook of a task that listens on a port of loopback.</summary>
    protected static TaskHook? Hook(
        string haproxy, int port, string label = "web/slot-", string address = "127.0.0.1", TimeProvider? time = null,
        string? withdraw = null, Func<string, AddressFamily, CancellationToken, Task<IPAddress>>? resolve = null)
    {
        var environment = new Dictionary<string, string> { ["EXECUTOR_HAPROXY"] = haproxy };
        Assert.That(Settings.TryRead(HaProxySettings.All, environment, out var settings, out var error), Is.True, error);
        var labels = new Dictionary<string, string> { ["haproxy"] = label };
        if (withdraw is not null) labels["haproxy-withdraw"] = withdraw;
        return HaProxyHook.Create(
            new ServiceInstance
            {
                Id = "shop_cart.1",
                Address = address,
                Framework = "marathon",
                Labels = labels,
                Ports = [new ServicePort(port, "http", "tcp", new Dictionary<string, string>()), new ServicePort(port + 1, "admin", "tcp", new Dictionary<string, string>())],
            },
            settings!,
            time ?? TimeProvider.System,
            resolve ?? InstanceAddress.ResolveAsync);
    }
}
