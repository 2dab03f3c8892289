using System.Net.Sockets;
using System.Text;
using Executor.Core.Hooks;

namespace Executor.Core.Discovery.HaProxy;

/// <summary>The runtime API of one HAProxy: a line of commands there, their answers back, one connection each time.</summary>
internal sealed class HaProxyApi(HaProxyAddress address, TimeProvider time)
{
    /// <summary>Of an answer, where an error shows it.</summary>
    private const int LongestText = 300;

    /// <summary>It answers within microseconds, from memory.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Sends commands, separated by semicolons; they are executed in order, others' may come between.</summary>
    /// <returns>What came back, without the empty lines around it.</returns>
    /// <exception cref="UnavailableException">Nobody answered.</exception>
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
            throw new UnavailableException($"{this}: {commands}: {(e.InnerException as SocketException ?? e).Message}", inner: e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UnavailableException($"{this}: {commands}: no answer within {Patience.TotalSeconds} s", inner: e);
        }
    }

    /// <summary>Executes a command that answers nothing when it is done.</summary>
    /// <exception cref="UnavailableException">Nobody answered.</exception>
    /// <exception cref="HookException">HAProxy refused.</exception>
    public async Task DoAsync(string command, CancellationToken cancellationToken)
    {
        if (await AskAsync(command, cancellationToken) is { Length: > 0 } answer) throw Refused(command, answer);
    }

    public HookException Refused(string command, string answer) =>
        new($"{this}: {command}: {(answer.Length == 0 ? "an empty answer" : OneLine.Of(answer, LongestText))}");

    public override string ToString() => $"HAProxy {address}";

    private Task<Socket> ConnectAsync(CancellationToken cancellationToken) => address.EndPoint is UnixDomainSocketEndPoint file
        ? UnixSocket.ConnectAsync(file, cancellationToken)
        : new Socket(SocketType.Stream, ProtocolType.Tcp).ConnectedAsync(address.EndPoint, cancellationToken);
}
