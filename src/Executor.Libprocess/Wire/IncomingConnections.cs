using System.Net.Sockets;

namespace Executor.Libprocess.Wire;

/// <summary>
/// The connections that others opened. One too many closes the one that has been silent longest, strangers first: idle
/// connections must not lock out the agent, which may come anew at any time. Safe from any thread.
/// </summary>
internal sealed class IncomingConnections(int most)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Socket, (bool IsOfPeer, long Heard)> _all = [];

    /// <summary>Counts what was heard: it is the order that matters.</summary>
    private long _heard;
    private bool _closed;

    /// <returns>Whether another was closed for it.</returns>
    public bool Add(Socket socket)
    {
        Socket? leaving = null;
        lock (_gate)
        {
            if (!_closed && _all.Count >= most)
            {
                leaving = _all.MinBy(one => one.Value).Key;
                _all.Remove(leaving);
            }

            if (!_closed) _all.Add(socket, (IsOfPeer: false, ++_heard));
        }

        leaving?.Dispose();
        if (_closed) socket.Dispose();
        return leaving is not null;
    }

    /// <summary>Something came over it.</summary>
    /// <param name="isOfPeer">Whether it was a message of one that the node is linked to.</param>
    public void Hear(Socket socket, bool isOfPeer = false)
    {
        lock (_gate)
            if (_all.TryGetValue(socket, out var before)) _all[socket] = (before.IsOfPeer || isOfPeer, ++_heard);
    }

    public void Remove(Socket socket)
    {
        lock (_gate) _all.Remove(socket);
        socket.Dispose();
    }

    /// <summary>Closes all, and what is added from now on.</summary>
    public void Close()
    {
        Socket[] all;
        lock (_gate)
        {
            _closed = true;
            all = [.. _all.Keys];
        }

        foreach (var socket in all) socket.Dispose();
    }
}
