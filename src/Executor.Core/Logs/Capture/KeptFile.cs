using Microsoft.Win32.SafeHandles;

namespace Executor.Core.Logs.Capture;

/// <summary>
/// A file that output was written to, and can be read from as long as somebody holds it, whatever becomes of its name. Who
/// makes it holds it. Any thread.
/// </summary>
/// <param name="file">Opened for reading and appending, and nobody else's: its position is where the last write ended.</param>
/// <param name="path">To be deleted with it; null is none.</param>
internal sealed class KeptFile(SafeFileHandle file, string? path = null)
{
    private int _holders = 1;
    private long _end;
    private volatile bool _isCut;
    private volatile bool _stays;

    /// <summary>To be written to by one thread at a time.</summary>
    public SafeFileHandle Handle => file;

    /// <summary>Whether somebody has cut it off: what it was to keep is not what stands there now.</summary>
    public bool IsCut => _isCut;

    /// <summary>Where what was written last begins.</summary>
    public long StartOf(int written)
    {
        var end = Posix.Position(file);
        if (end - written < _end) _isCut = true;
        _end = end;
        return end - written;
    }

    /// <summary>The same file from its last bytes on, for one that was cut; whoever holds this one learns that it was.</summary>
    public KeptFile GoOn()
    {
        var same = Posix.Duplicate(file);
        if (same.IsInvalid) return this;
        Release();
        return new KeptFile(same, path) { _end = _end };
    }

    /// <returns>Whether everything that was asked for could be read.</returns>
    public bool TryRead(Span<byte> bytes, long offset)
    {
        try
        {
            return RandomAccess.Read(file, bytes, offset) == bytes.Length && !_isCut;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Its path is not deleted with it.</summary>
    /// <returns>Whether it would have been.</returns>
    public bool Leave() => _stays = path is not null;

    public void Hold() => Interlocked.Increment(ref _holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) > 0) return;
        file.Dispose();
        if (path is not null && !_stays) Remove(path);
    }

    /// <summary>Deletes what is of no use any more, where it can be.</summary>
    public static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It goes with the sandbox.
        }
    }
}

/// <summary>Takes what was read, part by part and in order; the bytes are borrowed for the call. Must not wait for anything but the disk.</summary>
/// <param name="file">Where they are now; null is nowhere. Valid for the call, unless it is held.</param>
/// <param name="offset">Where in the file they begin.</param>
internal delegate void TakePart(ReadOnlySpan<byte> bytes, KeptFile? file, long offset);

/// <summary>Writes a stream's bytes, and hands them on.</summary>
/// <param name="next">Gets all of them, whether they could be written or not; null is nobody.</param>
internal delegate void WriteOutput(ReadOnlySpan<byte> bytes, TakePart? next);
