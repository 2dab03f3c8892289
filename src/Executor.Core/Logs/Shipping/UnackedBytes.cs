using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Executor.Core.Logs.Shipping;

/// <summary>
/// The last bytes that were given to the kernel for one peer, so that those which the peer's kernel never acknowledged can
/// be sent again over the next connection.
/// </summary>
internal sealed unsafe partial class UnackedBytes(int capacity)
{
    private const ulong QueuedToSend = 0x5411; // TIOCOUTQ

    private readonly byte[] _ring = new byte[capacity];
    private long _written;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _ring.Length)
        {
            _written += bytes.Length - _ring.Length;
            bytes = bytes[^_ring.Length..];
        }

        var at = (int)(_written % _ring.Length);
        var first = Math.Min(bytes.Length, _ring.Length - at);
        bytes[..first].CopyTo(_ring.AsSpan(at));
        bytes[first..].CopyTo(_ring);
        _written += bytes.Length;
    }

    public void Clear() => _written = 0;

    /// <summary>How many bytes the peer's kernel has not acknowledged.</summary>
    public static int CountOf(Socket socket)
    {
        var queued = 0;
        return IoControl(socket.SafeHandle, QueuedToSend, &queued) < 0 ? 0 : queued;
    }

    /// <summary>What the peer has not acknowledged, from the start of a line on.</summary>
    public byte[] Of(Socket socket)
    {
        var length = (int)Math.Min(Math.Min(CountOf(socket), _written), _ring.Length);
        if (length == 0) return [];
        while (length < Math.Min(_written, _ring.Length) && At(_written - length - 1) != '\n') length++;
        var bytes = new byte[length];
        for (var i = 0; i < length; i++) bytes[i] = At(_written - length + i);
        return bytes;
    }

    private byte At(long position) => _ring[position % _ring.Length];

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int IoControl(SafeHandle socket, ulong request, int* result);
}
