using System.Net.Sockets;

namespace Executor.Core.Logs.Shipping;

/// <summary>One datagram for each event. What does not fit into one, or is refused, is dropped and counted.</summary>
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
            catch (SocketException)
            {
                // Nobody listened to the one before, or this one is too large for the way.
            }

            counts.Add(LogCount.DroppedDatagram);
        }
    }

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
