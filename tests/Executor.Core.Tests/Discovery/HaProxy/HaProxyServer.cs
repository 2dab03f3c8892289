using System.Net;
using System.Net.Sockets;
using Executor.Core.Discovery.HaProxy;
using Executor.Core.Hooks;
using Executor.Core.Ports;

namespace Executor.Core.Tests.Discovery.HaProxy;

/// <summary>A real HAProxy with free slots, its sockets in a temporary folder but for one of its API on loopback.</summary>
internal sealed class HaProxyServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("executor-haproxy-");
    private readonly Func<ProcessDescription, Task<ISupervisedProcess>> _launch;
    private ISupervisedProcess? _process;

    private HaProxyServer(Func<ProcessDescription, Task<ISupervisedProcess>> launch, int slots)
    {
        _launch = launch;
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        TcpAddress = $"tcp:127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
        File.WriteAllText($"{_folder.FullName}/haproxy.cfg", $"""
            global
              stats socket {_folder.FullName}/admin.sock level admin
              stats socket ipv4@{TcpAddress[4..]} level admin
            defaults
              mode http
              retries 0
              timeout connect 5s
              timeout client 60s
              timeout server 60s
            frontend web
              bind unix@{_folder.FullName}/web.sock
              default_backend web
            backend web
              server-template slot- {slots} 127.0.0.1:1 disabled
              server other 127.0.0.1:1 disabled

            """);
        Client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint($"{_folder.FullName}/web.sock"), cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
    }

    public string UnixAddress => $"unix:{_folder.FullName}/admin.sock";

    public string TcpAddress { get; }

    /// <summary>Its requests go through HAProxy, whatever their address.</summary>
    public HttpClient Client { get; }

    public static async Task<HaProxyServer> StartAsync(
        Func<ProcessDescription, Task<ISupervisedProcess>> launch, CancellationToken cancel, int slots = 3)
    {
        var server = new HaProxyServer(launch, slots);
        await server.StartAsync(cancel);
        return server;
    }

    /// <summary>Ends it as it stands, and starts it again; it remembers nothing.</summary>
    public async Task RestartAsync(CancellationToken cancel)
    {
        await StopAsync();
        await StartAsync(cancel);
    }

    public async Task StopAsync()
    {
        _process!.Signal(Signals.Kill);
        await _process.TreeEmpty;
        await _process.DisposeAsync();
    }

    public HaProxyApi Api(string? address = null)
    {
        Assert.That(HaProxyAddress.TryParse(address ?? UnixAddress, out var parsed), Is.True);
        return new HaProxyApi(parsed!, TimeProvider.System);
    }

    /// <summary>What each slot is, in their order: <c>free</c>, or where it points and its state.</summary>
    public async Task<string[]> SlotsAsync(CancellationToken cancel) =>
    [
        .. ServerSlot.ParseTable(await Api().AskAsync("show servers state web", cancel))!
            .Where(slot => slot.Name != "other")
            .Select(slot => slot.IsFree ? "free" : $"{slot.Server} {(slot.IsReady ? "ready" : (slot.AdminState & 8) != 0 ? "drain" : "maint")}"),
    ];

    /// <summary>Looks until a slot is that.</summary>
    public async Task UntilSlotAsync(string expected, CancellationToken cancel)
    {
        while (!(await SlotsAsync(cancel)).Contains(expected)) await Task.Yield();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await StopAsync();
        _folder.Delete(recursive: true);
    }

    private async Task StartAsync(CancellationToken cancel)
    {
        _process = await _launch(new ProcessDescription
        {
            Program = "haproxy",
            Arguments = ["haproxy", "-q", "-db", "-f", "haproxy.cfg"],
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/sbin:/usr/bin:/bin" },
            WorkingDirectory = _folder.FullName,
        });
        while (!await AnswersAsync(cancel)) Assert.That(_process.LeaderExit.IsCompleted, Is.False, "HAProxy does not start");
    }

    private async Task<bool> AnswersAsync(CancellationToken cancel)
    {
        try
        {
            return (await Api().AskAsync("show info", cancel)).Length > 0;
        }
        catch (UnavailableException)
        {
            await Task.Yield();
            return false;
        }
    }
}
