using System.Buffers.Binary;
using System.Security.Cryptography;
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
        User = 6,
        Limit = 7,
        Umask = 8,
        OomScore = 9,
        Spared = 10,
        HandOver = 11,
    }

    /// <summary>The frame that starts a program; null when it would exceed <see cref="MaxPayload"/>.</summary>
    /// <param name="account">The account of the description's user; null keeps this process's own.</param>
    public static byte[]? EncodeStart(ProcessDescription description, Account? account = null)
    {
        using var frame = new MemoryStream();
        frame.Write(stackalloc byte[HeaderSize]);
        WriteString(frame, Item.Program, description.Program);
        foreach (var argument in description.Arguments) WriteString(frame, Item.Argument, argument);
        foreach (var (name, value) in description.Environment) WriteString(frame, Item.Environment, $"{name}={value}");
        WriteString(frame, Item.Directory, description.WorkingDirectory);

        WriteNumbers(
            frame, Item.OrphanGrace, (uint)Math.Clamp(description.OrphanGrace.TotalMilliseconds, 0, int.MaxValue));
        if (account is not null) WriteNumbers(frame, Item.User, [account.Uid, account.Gid, .. account.Groups]);
        if (account is not null && description.HandOverDirectory) WriteItem(frame, Item.HandOver, []);
        foreach (var limit in description.Limits) WriteLimit(frame, limit);
        if (description.Umask is { } umask) WriteNumbers(frame, Item.Umask, (uint)umask);
        if (description.OomScoreAdjustment is { } score) WriteNumbers(frame, Item.OomScore, unchecked((uint)score));
        foreach (var name in description.SparedFromTerminate) WriteString(frame, Item.Spared, name);

        var bytes = frame.ToArray();
        CryptographicOperations.ZeroMemory(frame.GetBuffer()); // the environment holds secrets
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
            Failed => 12u,
            Exited => 4u,
            Empty => 24u,
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
                BinaryPrimitives.ReadInt32LittleEndian(payload[4..]),
                BinaryPrimitives.ReadInt32LittleEndian(payload[8..])),
            Exited => new SupervisorReport.Exited(DecodeStatus(BinaryPrimitives.ReadInt32LittleEndian(payload))),
            _ => new SupervisorReport.Empty(DecodeUsage(payload)),
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

    private static ResourceUsage DecodeUsage(ReadOnlySpan<byte> payload) => new(
        DecodeTime(payload), DecodeTime(payload[8..]), BinaryPrimitives.ReadInt64LittleEndian(payload[16..]));

    private static TimeSpan DecodeTime(ReadOnlySpan<byte> payload)
    {
        var microseconds = BinaryPrimitives.ReadInt64LittleEndian(payload);
        return microseconds is >= 0 and <= long.MaxValue / TimeSpan.TicksPerMicrosecond
            ? TimeSpan.FromMicroseconds(microseconds)
            : throw new InvalidDataException($"the supervisor sent a time of {microseconds} µs");
    }

    private static void WriteHeader(Span<byte> frame, int payloadLength, byte type)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame, payloadLength);
        frame[4] = type;
    }

    private static void WriteString(MemoryStream frame, Item tag, string text) =>
        WriteItem(frame, tag, Encoding.UTF8.GetBytes(text + '\0'));

    private static void WriteNumbers(MemoryStream frame, Item tag, params ReadOnlySpan<uint> numbers)
    {
        var value = new byte[numbers.Length * sizeof(uint)];
        for (var i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(i * sizeof(uint)), numbers[i]);
        WriteItem(frame, tag, value);
    }

    private static void WriteLimit(MemoryStream frame, ResourceLimit limit)
    {
        Span<byte> value = stackalloc byte[sizeof(uint) + (2 * sizeof(ulong))];
        BinaryPrimitives.WriteInt32LittleEndian(value, limit.Number);
        BinaryPrimitives.WriteUInt64LittleEndian(value[4..], limit.Soft);
        BinaryPrimitives.WriteUInt64LittleEndian(value[12..], limit.Hard);
        WriteItem(frame, Item.Limit, value);
    }

    private static void WriteItem(MemoryStream frame, Item tag, ReadOnlySpan<byte> value)
    {
        Span<byte> head = stackalloc byte[HeaderSize];
        head[0] = (byte)tag;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], value.Length);
        frame.Write(head);
        frame.Write(value);
    }
}
