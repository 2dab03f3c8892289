using System.Globalization;
using System.Text;
using Executor.Core.Ports;

namespace Executor.Libprocess.Wire;

/// <summary>
/// Writes messages the way libprocess does, byte for byte (captures of a real agent and driver): the body in one
/// chunk, an empty <c>Host</c>, and no word of a body where there is none.
/// </summary>
internal static class MessageWriter
{
    private static ReadOnlySpan<byte> End => "\r\n0\r\n\r\n"u8;

    public static byte[] Write(Upid from, Upid to, string name, ReadOnlySpan<byte> body)
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"POST /{to.Id}/{name} HTTP/1.1\r\nUser-Agent: libprocess/{from}\r\nLibprocess-From: {from}\r\n" +
            $"Connection: Keep-Alive\r\nHost: \r\n");
        head += body.IsEmpty
            ? "\r\n"
            : string.Create(CultureInfo.InvariantCulture, $"Transfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n");

        var headLength = Encoding.UTF8.GetByteCount(head);
        var frame = new byte[headLength + (body.IsEmpty ? 0 : body.Length + End.Length)];
        Encoding.UTF8.GetBytes(head, frame);
        if (body.IsEmpty) return frame;

        body.CopyTo(frame.AsSpan(headLength));
        End.CopyTo(frame.AsSpan(headLength + body.Length));
        return frame;
    }
}
