using System.Buffers;
using System.Globalization;
using System.Text;

namespace Executor.Control.Output;

/// <summary>
/// Cuts a stream of bytes into lines. A line comes whole or not yet: reads may end anywhere. A line longer than the
/// limit comes once, its end replaced by a remark, so that memory stays bounded whatever a task prints.
/// </summary>
/// <param name="line">Gets each line without its end, decoded as UTF-8; what is no UTF-8 becomes U+FFFD.</param>
internal sealed class LineSplitter(Action<string> line, int longest = 64 * 1024)
{
    private readonly ArrayBufferWriter<byte> _pending = new();
    private long _dropped;
    private bool _started;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.IndexOf((byte)'\n') is var end and >= 0)
        {
            Keep(bytes[..end]);
            Emit();
            bytes = bytes[(end + 1)..];
        }

        if (bytes.IsEmpty) return;
        _started = true;
        Keep(bytes);
    }

    /// <summary>The stream is over: what is left without an end is a line too.</summary>
    public void Complete()
    {
        if (_started) Emit();
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        var room = Math.Min(bytes.Length, longest - _pending.WrittenCount);
        _pending.Write(bytes[..room]);
        _dropped += bytes.Length - room;
    }

    private void Emit()
    {
        var bytes = _pending.WrittenSpan;
        // Lines of programs that write for terminals end with both.
        if (_dropped == 0 && bytes is [.., (byte)'\r']) bytes = bytes[..^1];
        var text = Encoding.UTF8.GetString(bytes);
        if (_dropped > 0)
            text += string.Create(CultureInfo.InvariantCulture, $"… ({_dropped} more bytes of this line are in the sandbox only)");
        _pending.ResetWrittenCount();
        _dropped = 0;
        _started = false;
        line(text);
    }
}
