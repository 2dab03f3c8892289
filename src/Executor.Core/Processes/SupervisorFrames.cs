using System.Buffers.Binary;
using System.Text;
using Executor.Core.Ports;

namespace Executor.Core.Processes;

/// <summary>
/// The words between this process and a task-supervisor; native/supervisor/protocol.h is the other side. A frame is
/// u32 payload length, u8 type, payload, all little-endian.
/// </summary>
internal static class SupervisorFrames
{
    /// <summary>The supervisor refuses more; the kernel takes at most 6 MiB of arguments and environment.</summary>
    public const int MaxPayload = 8 << 20;

    /// <summary>No report is longer, with its header.</summary>
    public const int MaxReport = HeaderSize + 28;

    private const int HeaderSize = 5;
    private const byte Start = 1;
    private const byte SignalTree = 2;
    private const byte Started = 129;
    private const byte Failed = 130;
    private const byte Exited = 131;
    private const byte Empty = 132;

    private enum Item : byte
    {
        Argument = 1,
        Environment = 2,
        Directory = 3,
        OrphanGrace = 4,
        Program = 5,
    }

    /// <summary>The frame that starts a program; null when it would exceed <see cref="MaxPayload"/>.</summary>
    public static byte[]? EncodeStart(ProcessDescription description)
    {
        using var frame = new MemoryStream();
        frame.Write(stackalloc byte[HeaderSize]);
        WriteString(frame, Item.Program, description.Program);
        foreach (var argument in description.Arguments) WriteString(frame, Item.Argument, argument);
        foreach (var (name, value) in description.Environment) WriteString(frame, Item.Environment, $"{name}={value}");
        WriteString(frame, Item.Directory, description.WorkingDirectory);

        Span<byte> milliseconds = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(
            milliseconds, (uint)Math.Clamp(description.OrphanGrace.TotalMilliseconds, 0, int.MaxValue));
        WriteItem(frame, Item.OrphanGrace, milliseconds);

        var bytes = frame.ToArray();
        WriteHeader(bytes, bytes.Length - HeaderSize, Start);
        return bytes.Length - HeaderSize <= MaxPayload ? bytes : null;
    }

    public static byte[] EncodeSignal(int signal)
    {
        var frame = new byte[HeaderSize + sizeof(uint)];
        WriteHeader(frame, sizeof(uint), SignalTree);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(HeaderSize), signal);
        return frame;
    }

    /// <summary>Takes one report off the front of <paramref name="bytes"/>; null when it is not complete yet.</summary>
    /// <param name="length">How many bytes the report took.</param>
    /// <exception cref="InvalidDataException">No supervisor of this version says such a thing.</exception>
    public static SupervisorReport? Decode(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (bytes.Length < HeaderSize) return null;
        var size = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        var type = bytes[4];
        var expected = type switch
        {
            Started => 4u,
            Failed => 8u,
            Exited => 28u,
            Empty => 0u,
            _ => throw new InvalidDataException($"the supervisor sent a frame of unknown type {type}"),
        };
        if (size != expected)
            throw new InvalidDataException($"the supervisor sent {size} bytes in a frame of type {type}");
        if (bytes.Length < HeaderSize + size) return null;

        length = HeaderSize + (int)size;
        var payload = bytes[HeaderSize..length];
        return type switch
        {
            Started => new SupervisorReport.Started(BinaryPrimitives.ReadInt32LittleEndian(payload)),
            Failed => new SupervisorReport.Failed(
                (StartStep)BinaryPrimitives.ReadInt32LittleEndian(payload),
                BinaryPrimitives.ReadInt32LittleEndian(payload[4..])),
            Exited => new SupervisorReport.Exited(DecodeExit(payload)),
            _ => new SupervisorReport.Empty(),
        };
    }

    /// <summary>What waitpid's status says: wait(2), WIFEXITED and its siblings.</summary>
    public static ProcessExit DecodeStatus(int status)
    {
        var signal = status & 0x7f;
        return signal == 0
            ? new ProcessExit((status >> 8) & 0xff, null, CoreDumped: false)
            : new ProcessExit(null, signal, CoreDumped: (status & 0x80) != 0);
    }

    private static ProcessExit DecodeExit(ReadOnlySpan<byte> payload) =>
        DecodeStatus(BinaryPrimitives.ReadInt32LittleEndian(payload)) with
        {
            UserTime = TimeSpan.FromMicroseconds(BinaryPrimitives.ReadInt64LittleEndian(payload[4..])),
            SystemTime = TimeSpan.FromMicroseconds(BinaryPrimitives.ReadInt64LittleEndian(payload[12..])),
            PeakMemory = BinaryPrimitives.ReadInt64LittleEndian(payload[20..]),
        };

    private static void WriteHeader(Span<byte> frame, int payloadLength, byte type)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame, payloadLength);
        frame[4] = type;
    }

    private static void WriteString(MemoryStream frame, Item tag, string text) =>
        WriteItem(frame, tag, Encoding.UTF8.GetBytes(text + '\0'));

    private static void WriteItem(MemoryStream frame, Item tag, ReadOnlySpan<byte> value)
    {
        Span<byte> head = stackalloc byte[HeaderSize];
        head[0] = (byte)tag;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], value.Length);
        frame.Write(head);
        frame.Write(value);
    }
}
