using System.Runtime.InteropServices;
using Executor.Core.Logs.Capture;

namespace Executor.Core.Logs.Shipping;

/// <summary>
/// What waits on disk: where it stands, in order. Output that is in the sandbox's files anyway is read from there, even when
/// they are rotated away meanwhile; only what is nowhere else is written for it. Not thread-safe. Nothing throws: what cannot
/// be written is not taken.
/// </summary>
/// <param name="most">Bytes.</param>
internal sealed class Spool(string folder, long most, LogCounts counts)
{
    /// <summary>From here on what comes is copied, so that it stands in one piece, whatever the second in which it came.</summary>
    private const int Many = 100_000;

    private const int MostPieces = 150_000;

    /// <summary>Of the sandbox's files that are held at once, each by a descriptor; beyond them output is copied.</summary>
    private const int MostHeld = 32;

    private const int Streams = 3;

    private readonly Queue<SpooledPiece> _pieces = new();
    private readonly SpooledPiece?[] _last = new SpooledPiece?[Streams];
    private readonly SpoolFiles[] _own = [.. Enumerable.Range(0, Streams).Select(stream => new SpoolFiles(folder, $"{stream}-", most))];

    /// <summary>The sandbox's files, with how many pieces hold each.</summary>
    private readonly Dictionary<KeptFile, int> _held = [];
    private long _bytes;

    public bool IsEmpty => _pieces.Count == 0;

    public bool HasRoom(int bytes) => _bytes + bytes <= most && _pieces.Count < MostPieces;

    /// <param name="bytes">No more than a page has room for.</param>
    /// <param name="file">Where they are already; null is nowhere.</param>
    public bool TryAdd(int stream, long arrived, ReadOnlySpan<byte> bytes, KeptFile? file, long offset, bool followsGap)
    {
        if (file is not null && !MayHold(file)) file = null;
        var isOwn = file is null;
        if (isOwn && !_own[stream].TryWrite(bytes, out file, out offset)) return false;
        var lines = bytes.Count((byte)'\n');
        _bytes += bytes.Length;
        counts.Add(LogCount.Waiting, bytes.Length);
        if (!followsGap && _last[stream] is { } last && last.TryJoin(file!, offset, bytes.Length, lines, arrived, anySecond: _pieces.Count > Many))
            return true;
        file!.Hold();
        if (!isOwn) CollectionsMarshal.GetValueRefOrAddDefault(_held, file, out _)++;
        _pieces.Enqueue(_last[stream] = new SpooledPiece(stream, arrived, file, offset) { Length = bytes.Length, Lines = lines, FollowsGap = followsGap });
        return true;
    }

    /// <summary>Takes the oldest piece, which goes on to count until it is given up.</summary>
    public SpooledPiece TakeOldest()
    {
        var piece = _pieces.Dequeue();
        if (_last[piece.Stream] == piece) _last[piece.Stream] = null;
        return piece;
    }

    /// <summary>Something is missing before the next piece of a stream.</summary>
    /// <returns>False where there is none.</returns>
    public bool TryMarkGap(int stream)
    {
        foreach (var piece in _pieces)
            if (piece.Stream == stream) return piece.FollowsGap = true;
        return false;
    }

    /// <summary>A piece that was taken is of no use any more.</summary>
    public void GiveUp(SpooledPiece piece)
    {
        _bytes -= piece.Length;
        counts.Add(LogCount.Waiting, -piece.Length);
        if (_held.TryGetValue(piece.File, out var pieces))
        {
            if (pieces == 1) _held.Remove(piece.File);
            else _held[piece.File] = pieces - 1;
        }

        piece.File.Release();
        if (!IsEmpty) return;
        foreach (var files in _own) files.Clear();
    }

    /// <summary>What is in no other file stays on disk, whatever becomes of the pieces.</summary>
    /// <param name="taken">A piece that was taken and is still of use.</param>
    /// <returns>The folder in which it stays; null where there is nothing.</returns>
    public string? Leave(SpooledPiece? taken)
    {
        var stays = taken?.File.Leave() == true;
        foreach (var piece in _pieces) stays |= piece.File.Leave();
        return stays ? folder : null;
    }

    private bool MayHold(KeptFile file) => _pieces.Count <= Many && (_held.Count < MostHeld || _held.ContainsKey(file));
}

/// <summary>Output of one stream that stands in a file in one piece. It holds the file.</summary>
internal sealed class SpooledPiece(int stream, long arrived, KeptFile file, long offset)
{
    public int Stream => stream;

    /// <summary>When its first byte came, Unix milliseconds.</summary>
    public long Arrived => arrived;

    public KeptFile File => file;

    public int Length { get; set; }

    /// <summary>Ends of lines in it.</summary>
    public long Lines { get; set; }

    public bool FollowsGap { get; set; }

    public bool TryRead(Page page) => file.TryRead(page.Room(stream, arrived, Length, FollowsGap), offset);

    /// <summary>Grows by what stands right behind it, and came in the same second.</summary>
    public bool TryJoin(KeptFile other, long at, int length, int lines, long came, bool anySecond)
    {
        if (other != file || at != offset + Length || Length + length > Page.Capacity) return false;
        if (!anySecond && came / 1000 != arrived / 1000) return false;
        Length += length;
        Lines += lines;
        return true;
    }
}
