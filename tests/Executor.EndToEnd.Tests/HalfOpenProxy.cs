using System.Net;
using System.Net.Sockets;

namespace Executor.EndToEnd.Tests;

/// <summary>
/// Stands between executor and agent, and can turn its connections half open: the agent's side is gone, and nobody
/// tells the executor's, as when a firewall swallows the end of a connection.
/// </summary>
internal sealed class HalfOpenProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _gate = new();
    private readonly List<(Socket Executor, Socket Agent)> _open = [];
    private readonly List<Socket> _halfOpen = [];

    /// <param name="agentPort">Where the agent listens, on this host.</param>
    public HalfOpenProxy(int agentPort)
    {
        _listener.Start();
        _ = AcceptAsync(agentPort);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections have been made so far and are half open.</summary>
    public int Break()
    {
        lock (_gate)
        {
            _halfOpen.AddRange(_open.Select(pair => pair.Executor));
            foreach (var (_, agent) in _open) agent.Dispose();
            _open.Clear();
            return _halfOpen.Count;
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        lock (_gate)
        {
            foreach (var (executor, agent) in _open)
            {
                executor.Dispose();
                agent.Dispose();
            }

            foreach (var executor in _halfOpen) executor.Dispose();
        }
    }

    private async Task AcceptAsync(int agentPort)
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptSocketAsync(), agentPort);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket executor, int agentPort)
    {
        var agent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await agent.ConnectAsync(IPAddress.Loopback, agentPort);
            lock (_gate) _open.Add((executor, agent));
            await Task.WhenAny(CopyAsync(executor, agent), CopyAsync(agent, executor));
        }
        catch (SocketException)
        {
            // The agent is not there.
        }

        lock (_gate)
        {
            if (_halfOpen.Contains(executor)) return;
            _open.Remove((executor, agent));
        }

        executor.Dispose();
        agent.Dispose();
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var bytes = new byte[4096];
        try
        {
            while (await from.ReceiveAsync(bytes) is > 0 and var count)
                for (var sent = 0; sent < count;) sent += await to.SendAsync(bytes.AsMemory(sent, count - sent));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One side has gone.
        }
    }
}
