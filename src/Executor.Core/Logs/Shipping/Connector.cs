using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Executor.Core.Configuration;

namespace Executor.Core.Logs.Shipping;

/// <summary>Opens connections; on a thread that may wait.</summary>
internal static class Connector
{
    /// <summary>What may lie in the kernel for a receiver that does not read; the kernel keeps twice as much.</summary>
    public const int SendBuffer = 256 * 1024;

    private const int KeepAliveSeconds = 15;
    private const int Tcp = 6;
    private const int TcpUserTimeout = 18;

    private static readonly TimeSpan GoodBye = TimeSpan.FromSeconds(1);

    /// <exception cref="IOException">There is none; its text says why.</exception>
    public static (Socket Socket, Stream Stream) Open(HostAndPort address, LogEndpoint endpoint, CancellationToken cancellationToken)
    {
        var socket = Connect(address, endpoint, cancellationToken);
        try
        {
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (endpoint.Tls is not { } options) return (socket, stream);
            var tls = new SslStream(stream);
            Wait(tls.AuthenticateAsClientAsync(options(address.Host), cancellationToken), endpoint.Timeout, cancellationToken);
            return (socket, tls);
        }
        catch (Exception e) when (e is IOException or AuthenticationException or SocketException or TimeoutException)
        {
            socket.Dispose();
            throw new IOException($"{address}: no TLS connection: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <exception cref="IOException">There is none; its text says why.</exception>
    public static Socket Connect(HostAndPort address, LogEndpoint endpoint, CancellationToken cancellationToken)
    {
        var isUdp = endpoint.Protocol == LogProtocol.Udp;
        var target = Resolve(address, endpoint, cancellationToken);
        var socket = new Socket(target.AddressFamily, isUdp ? SocketType.Dgram : SocketType.Stream, isUdp ? ProtocolType.Udp : ProtocolType.Tcp);
        try
        {
            if (!isUdp) SetOptions(socket, endpoint.Timeout);
            Wait(socket.ConnectAsync(new IPEndPoint(target, address.Port)), endpoint.Timeout, cancellationToken);
            return socket;
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            socket.Dispose();
            throw new IOException($"{address}: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Ends this side of a connection in the way of its protocol, where it still can; the receiver's end is to be waited for
    /// then. A socket that is closed with bytes unread, such as TLS's tickets, is reset, and then the receiver loses what it
    /// has not read.
    /// </summary>
    public static void SayGoodBye(Socket socket, Stream stream)
    {
        try
        {
            if (stream is SslStream tls) Wait(tls.ShutdownAsync(), GoodBye, CancellationToken.None);
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or TimeoutException or SocketException)
        {
            // It is broken already, or the receiver takes its time.
        }
    }

    /// <summary>Waits for the receiver to end its side, too, but not for long.</summary>
    public static void WaitForEnd(Socket socket)
    {
        try
        {
            socket.ReceiveTimeout = (int)GoodBye.TotalMilliseconds;
            var rest = new byte[1024];
            while (socket.Receive(rest) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // It is broken already, or the receiver takes its time.
        }
    }

    /// <inheritdoc cref="WaitForEnd(Socket)"/>
    /// <param name="peer">Ends with that side.</param>
    public static void WaitForEnd(Task peer)
    {
        try
        {
            Wait(peer, GoodBye, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or TimeoutException or ObjectDisposedException)
        {
            // It is broken already, or the receiver takes its time.
        }
    }

    /// <summary>Ends it at once for whoever waits for it; what the kernel knows of it can still be asked for.</summary>
    public static void Cut(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is broken already.
        }
    }

    private static void SetOptions(Socket socket, TimeSpan timeout)
    {
        socket.NoDelay = true;
        socket.SendBufferSize = SendBuffer;
        socket.SendTimeout = socket.ReceiveTimeout = (int)Math.Clamp(timeout.TotalMilliseconds, 1, int.MaxValue);
        // Also for what the kernel has taken: a receiver that vanished says nothing.
        socket.SetRawSocketOption(Tcp, TcpUserTimeout, BitConverter.GetBytes(socket.SendTimeout));
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveSeconds);
    }

    private static IPAddress Resolve(HostAndPort address, LogEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(address.Host, out var given)) return given;
        try
        {
            var found = Wait(endpoint.Resolve(address.Host, cancellationToken), endpoint.Timeout, cancellationToken);
            return found.Length > 0 ? found[Random.Shared.Next(found.Length)] : throw new IOException($"{address}: the name has no address");
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            throw new IOException($"{address}: the name is not known: {e.Message}", e);
        }
    }

#pragma warning disable VSTHRD002 // a thread of its own, which has nothing else to do
    private static void Wait(Task task, TimeSpan timeout, CancellationToken cancellationToken) =>
        task.WaitAsync(timeout, TimeProvider.System, cancellationToken).GetAwaiter().GetResult();

    private static T Wait<T>(Task<T> task, TimeSpan timeout, CancellationToken cancellationToken) =>
        task.WaitAsync(timeout, TimeProvider.System, cancellationToken).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
}
