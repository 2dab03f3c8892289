using System.Net.Sockets;

namespace Executor.Core.Logs.Shipping;

/// <summary>
/// One datagram for each event. What does not fit into one is dropped and counted; so is the last one before the host told
/// that nobody listens there, and then another receiver is tried.
/// </summary>
internal sealed class UdpConnection(Socket socket, LogCounts counts) : IConnection
{
    private const int Largest = 65_507;

    /// <inheritdoc/>
    public void Send(Batch batch)
    {
        for (; batch.Count > 0; batch.Done(1))
        {
            var datagram = batch[0];
            try
            {
                if (datagram.Length <= Largest)
                {
                    socket.Send(datagram);
                    counts.Add(LogCount.Shipped);
                    continue;
                }
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                counts.Add(LogCount.Shipped, -1);
                counts.Add(LogCount.DroppedDatagram);
                throw new IOException("nobody listens there", e);
            }
            catch (SocketException e) when (e.SocketErrorCode != SocketError.MessageSize)
            {
                throw new IOException(e.Message, e);
            }
            catch (SocketException)
            {
                // Too large for the way.
            }

            counts.Add(LogCount.DroppedDatagram);
        }
    }

    /// <inheritdoc/>
    public bool IsOver => false;

    /// <inheritdoc/>
    public bool IsUnsure => false;

    /// <inheritdoc/>
    public void Close()
    {
    }

    /// <inheritdoc/>
    public void Cut()
    {
    }

    public void Dispose() => socket.Dispose();
}
