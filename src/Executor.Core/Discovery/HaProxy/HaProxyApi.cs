using System.Net.Sockets;
using System.Text;
using Executor.Core.Hooks;

namespace Executor.Core.Discovery.HaProxy;

/// <summary>The runtime API of one HAProxy: a line of commands there, their answers back, one connection each time.</summary>
public sealed class HaProxyApi(HaProxyAddress address, TimeProvider time)
{
    /// <summary>Of an answer, where an error shows it.</summary>
    private const int LongestText = 300;

    /// <summary>It answers within microseconds, from memory.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Sends commands, separated by semicolons; they are executed in order, others' may come between.</summary>
    /// <returns>What came back, without the empty lines around it.</returns>
    /// <exception cref="HaProxyUnreachableException">Nobody answered.</exception>
    public async Task<string> AskAsync(string commands, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var socket = await ConnectAsync(both.Token);
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(commands + "\n"), both.Token);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return (await reader.ReadToEndAsync(both.Token)).Trim();
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw new HaProxyUnreachableException($"{this}: {commands}: {(e.InnerException as SocketException ?? e).Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HaProxyUnreachableException($"{this}: {commands}: no answer within {Patience.TotalSeconds} s", e);
        }
    }

    /// <summary>Executes a command that answers nothing when it is done.</summary>
    /// <exception cref="HaProxyUnreachableException">Nobody answered.</exception>
    /// <exception cref="HookException">HAProxy refused.</exception>
    public async Task DoAsync(string command, CancellationToken cancellationToken)
    {
        if (await AskAsync(command, cancellationToken) is { Length: > 0 } answer) throw Refused(command, answer);
    }

    public HookException Refused(string command, string answer) =>
        new($"{this}: {command}: {(answer.Length == 0 ? "an empty answer" : OneLine.Of(answer, LongestText))}");

    public override string ToString() => $"HAProxy {address}";

    private async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        if (address.EndPoint is UnixDomainSocketEndPoint file) return await UnixSocket.ConnectAsync(file, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address.EndPoint, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A HAProxy that does not answer; it may be starting anew.</summary>
public sealed class HaProxyUnreachableException(string message, Exception inner) : Exception(message, inner);
