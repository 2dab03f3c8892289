using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Executor.Core.Discovery.HaProxy;
using Executor.Core.Hooks;
using Executor.Core.Ports;

namespace Executor.Bench.Rolling;

/// <summary>A HAProxy with free server slots. It repeats no request: what fails, fails.</summary>
internal sealed class Balancer : IAsyncDisposable
{
    /// <summary>Of <c>show servers state</c>.</summary>
    private const int AdminColumn = 6;
    private const int PortColumn = 18;
    private const int MaintOrDrain = 0x09;

    private readonly ISupervisedProcess _process;
    private readonly DirectoryInfo _folder;
    private readonly HaProxyApi _api;

    private Balancer(ISupervisedProcess process, DirectoryInfo folder, IPEndPoint front)
    {
        (_process, _folder, Front, Address) = (process, folder, front, $"unix:{folder.FullName}/admin.sock");
        _api = HaProxyAddress.TryParse(Address, out var address)
            ? new HaProxyApi(address, TimeProvider.System)
            : throw new InvalidOperationException(Address);
    }

    /// <summary>Where the load goes.</summary>
    public IPEndPoint Front { get; }

    /// <summary>Of its API, as EXECUTOR_HAPROXY takes it.</summary>
    public string Address { get; }

    public static async Task<Balancer> StartAsync(IProcessLauncher launcher, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("executor-rolling-");
        var front = FreePort();
        await File.WriteAllTextAsync($"{folder.FullName}/haproxy.cfg", $"""
            global
              stats socket {folder.FullName}/admin.sock level admin
            defaults
              mode http
              option redispatch
              retries 0
              timeout connect 2s
              timeout client 30s
              timeout server 30s
            frontend web
              bind {front}
              default_backend web
            backend web
              balance roundrobin
              server-template slot- 8 127.0.0.1:1 disabled

            """, cancellationToken);
        var process = await launcher.LaunchAsync(
            new ProcessDescription
            {
                Program = "haproxy",
                Arguments = ["haproxy", "-q", "-db", "-f", "haproxy.cfg"],
                Environment = new Dictionary<string, string> { ["PATH"] = "/usr/sbin:/usr/bin:/bin" },
                WorkingDirectory = folder.FullName,
            },
            cancellationToken);
        var balancer = new Balancer(process, folder, front);
        if (await balancer.AnswersInTimeAsync(cancellationToken)) return balancer;
        await balancer.DisposeAsync();
        throw new InvalidOperationException("HAProxy does not start");
    }

    /// <summary>Waits until it sends requests to that port.</summary>
    public async Task ServesAsync(int port, CancellationToken cancellationToken)
    {
        var expected = port.ToString(CultureInfo.InvariantCulture);
        while (true)
        {
            var servers = await _api.AskAsync("show servers state web", cancellationToken);
            if (servers.Split('\n').Select(line => line.Split(' ')).Any(row =>
                row.Length > PortColumn && row[PortColumn] == expected && (int.Parse(row[AdminColumn], CultureInfo.InvariantCulture) & MaintOrDrain) == 0)) return;
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Executes commands as an operator's tool does.</summary>
    public Task<string> AskAsync(string commands, CancellationToken cancellationToken) => _api.AskAsync(commands, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _process.Signal(Signals.Kill);
        await _process.TreeEmpty;
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>A port of loopback below those that the kernel gives to outgoing connections.</summary>
    public static IPEndPoint FreePort()
    {
        while (true)
        {
            var endPoint = new IPEndPoint(IPAddress.Loopback, Random.Shared.Next(20_000, 32_000));
            using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(endPoint);
                return endPoint;
            }
            catch (SocketException)
            {
                // Taken: try another.
            }
        }
    }

    private async Task<bool> AnswersInTimeAsync(CancellationToken cancellationToken)
    {
        while (!await AnswersAsync(cancellationToken))
        {
            if (_process.LeaderExit.IsCompleted) return false;
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellationToken);
        }

        return true;
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await _api.AskAsync("show info", cancellationToken)).Length > 0;
        }
        catch (UnavailableException)
        {
            return false;
        }
    }
}
