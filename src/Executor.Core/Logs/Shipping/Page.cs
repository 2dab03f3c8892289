using System.Buffers.Binary;

namespace Executor.Core.Logs.Shipping;

/// <summary>A piece of captured output, as it was read: whose it is, when it came, the bytes.</summary>
internal readonly ref struct Piece
{
    public int Stream { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public long Arrived { get; init; }

    public ReadOnlySpan<byte> Bytes { get; init; }
}

/// <summary>Memory for captured output of all streams in the order in which it came, with a header before each piece.</summary>
internal sealed class Page
{
    public const int Size = 512 * 1024;

    /// <summary>The stream, the time, the length.</summary>
    private const int Header = 1 + 8 + 4;

    private readonly byte[] _bytes = new byte[Size];

    public int Length { get; private set; }

    /// <summary>Ends of lines in it.</summary>
    public long Lines { get; private set; }

    /// <summary>Whether something between the page before and this one was dropped.</summary>
    public bool FollowsGap { get; set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <returns>How many of the bytes there was room for.</returns>
    public int Append(int stream, long arrived, ReadOnlySpan<byte> bytes)
    {
        var room = Size - Length - Header;
        if (room <= 0) return 0;
        if (bytes.Length > room) bytes = bytes[..room];
        var at = _bytes.AsSpan(Length);
        at[0] = (byte)stream;
        BinaryPrimitives.WriteInt64LittleEndian(at[1..], arrived);
        BinaryPrimitives.WriteInt32LittleEndian(at[9..], bytes.Length);
        bytes.CopyTo(at[Header..]);
        Length += Header + bytes.Length;
        Lines += bytes.Count((byte)'\n');
        return bytes.Length;
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
            Stream = at[0],
            Arrived = BinaryPrimitives.ReadInt64LittleEndian(at[1..]),
            Bytes = at.Slice(Header, length),
        };
        position += Header + length;
        return true;
    }

    public void Clear()
    {
        (Length, Lines, FollowsGap) = (0, 0, false);
    }

    /// <summary>For what was written elsewhere.</summary>
    public Span<byte> Fill(int length, bool followsGap)
    {
        (Length, FollowsGap) = (length, followsGap);
        return _bytes.AsSpan(0, length);
    }
}
