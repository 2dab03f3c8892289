using System.Buffers.Binary;

namespace Executor.Core.Logs.Shipping;

/// <summary>A piece of captured output, as it was read: whose it is, when it came, the bytes.</summary>
internal readonly ref struct Piece
{
    public int Stream { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public long Arrived { get; init; }

    /// <summary>Whether something of its stream between the piece before and this one is missing.</summary>
    public bool FollowsGap { get; init; }

    public ReadOnlySpan<byte> Bytes { get; init; }
}

/// <summary>Memory for captured output of all streams in the order in which it came, with a header before each piece.</summary>
internal sealed class Page
{
    public const int Size = 512 * 1024;

    /// <summary>The longest piece.</summary>
    public const int Capacity = Size - Header;

    /// <summary>The stream, the time, the length.</summary>
    private const int Header = 1 + 8 + 4;

    private const byte Gap = 0x80;

    private readonly byte[] _bytes = new byte[Size];

    public int Length { get; private set; }

    public bool IsFull => Length >= Capacity;

    /// <returns>How many of the bytes there was room for.</returns>
    public int Append(int stream, long arrived, ReadOnlySpan<byte> bytes, bool followsGap)
    {
        if (IsFull) return 0;
        if (bytes.Length > Capacity - Length) bytes = bytes[..(Capacity - Length)];
        bytes.CopyTo(Room(stream, arrived, bytes.Length, followsGap));
        return bytes.Length;
    }

    /// <summary>Makes a piece, whose bytes are to be filled in.</summary>
    public Span<byte> Room(int stream, long arrived, int length, bool followsGap)
    {
        var at = _bytes.AsSpan(Length);
        at[0] = (byte)(followsGap ? stream | Gap : stream);
        BinaryPrimitives.WriteInt64LittleEndian(at[1..], arrived);
        BinaryPrimitives.WriteInt32LittleEndian(at[9..], length);
        Length += Header + length;
        return at.Slice(Header, length);
    }

    /// <summary>Takes the piece at a position, and moves that behind it.</summary>
    public bool TryRead(ref int position, out Piece piece)
    {
        piece = default;
        if (position >= Length) return false;
        var at = _bytes.AsSpan(position);
        var length = BinaryPrimitives.ReadInt32LittleEndian(at[9..]);
        piece = new Piece
        {
            Stream = at[0] & ~Gap,
            Arrived = BinaryPrimitives.ReadInt64LittleEndian(at[1..]),
            FollowsGap = (at[0] & Gap) != 0,
            Bytes = at.Slice(Header, length),
        };
        position += Header + length;
        return true;
    }

    public void Clear() => Length = 0;
}
