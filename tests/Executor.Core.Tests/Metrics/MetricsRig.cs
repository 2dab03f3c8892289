using System.Net;
using System.Net.Sockets;
using System.Text;
using Executor.Core.Configuration;
using Executor.Core.Metrics;

namespace Executor.Core.Tests.Metrics;

/// <summary>Metrics for sinks that are tested by themselves, and what their servers get.</summary>
internal static class MetricsRig
{
    public static readonly MetricsOrigin Origin = new("agent-1.example.org", "marathon", "shop_cart.1");

    public static readonly IReadOnlyList<Metric> All =
    [
        new(new MetricName("task.ends", null, "Tasks that are over", MetricKind.Counter), [new("task", "shop_cart.1"), new("state", "TASK_FAILED")]) { Value = 3, Growth = 2 },
        new(new MetricName("task.escalations", null, "Tasks that got SIGKILL", MetricKind.Counter), []) { Value = 3, Growth = 0 },
        new(new MetricName("process.memory", "By", "Memory", MetricKind.Gauge), []) { Value = 1048576.5, Growth = 0 },
        new(new MetricName("hook.duration", "s", "Hooks", MetricKind.Timing), [new("hook", "a \"b\"\\c|d,e#f:g\nh")])
        {
            Value = 0.75, Growth = 0.75, Count = 2, Greatest = 0.5, Recent = [0.25, 0.5],
        },
    ];

    public static Settings Settings(params (string Name, string Value)[] environment)
    {
        Assert.That(AllSettings.TryRead(environment.ToDictionary(pair => pair.Name, pair => pair.Value), out var settings, out var error), Is.True, error);
        return settings!;
    }

    public static HostAndPort Address(Socket socket) => new("127.0.0.1", ((IPEndPoint)socket.LocalEndPoint!).Port);

    public static Socket Tcp()
    {
        var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }

    public static Socket Udp()
    {
        var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    /// <summary>All that comes over the next connection.</summary>
    public static async Task<string> ReadAsync(Socket listener, CancellationToken cancel)
    {
        using var socket = await listener.AcceptAsync(cancel);
        using var reader = new StreamReader(new NetworkStream(socket), Encoding.ASCII);
        return await reader.ReadToEndAsync(cancel);
    }
}
