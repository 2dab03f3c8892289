using System.Globalization;
using NLog;

namespace Executor.Core.Logs.Shipping;

/// <summary>
/// Pages that wait on disk: a file each, in a folder of the sandbox that is there only as long as it is needed. Not
/// thread-safe. Nothing throws: what cannot be written is not taken.
/// </summary>
/// <param name="most">Bytes.</param>
internal sealed class Spool(string folder, long most)
{
    private static readonly Logger Log = LogManager.GetLogger("logs");

    private readonly Queue<Entry> _pages = new();
    private long _bytes;
    private long _next;
    private bool _hasFailed;
    private bool _followsGap;

    private sealed record Entry(string Path, int Length, long Lines, bool FollowsGap);

    public bool IsEmpty => _pages.Count == 0;

    public bool HasRoom(int bytes) => _bytes + bytes <= most;

    public bool TryAdd(Page page)
    {
        var path = Path.Combine(folder, (_next++).ToString("d9", CultureInfo.InvariantCulture));
        try
        {
            Directory.CreateDirectory(folder);
            using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
            RandomAccess.Write(file, page.Written, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_hasFailed) Log.Warn("output cannot be kept on disk for the receivers, and is dropped and counted: {0}", e.Message);
            _hasFailed = true;
            Delete(path);
            return false;
        }

        _hasFailed = false;
        _pages.Enqueue(new Entry(path, page.Length, page.Lines, page.FollowsGap));
        _bytes += page.Length;
        return true;
    }

    /// <summary>Reads the oldest page; its file stays until <see cref="DropOldest"/>.</summary>
    /// <returns>False where it cannot be read.</returns>
    public bool TryReadOldest(Page page)
    {
        var entry = _pages.Peek();
        try
        {
            using var file = File.OpenHandle(entry.Path);
            page.Clear();
            var bytes = page.Fill(entry.Length, entry.FollowsGap || _followsGap);
            return RandomAccess.Read(file, bytes, 0) == entry.Length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.Warn("output that waited on disk for the receivers is lost: {0}", e.Message);
            return false;
        }
    }

    /// <param name="unread">Whether something is missing before the next one.</param>
    /// <returns>The lines in it.</returns>
    public long DropOldest(bool unread)
    {
        _followsGap = unread;
        var entry = _pages.Dequeue();
        _bytes -= entry.Length;
        Delete(entry.Path);
        if (IsEmpty) Delete(folder);
        return entry.Lines;
    }

    private static void Delete(string path)
    {
        try
        {
            if (Directory.Exists(path)) Directory.Delete(path);
            else File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It goes with the sandbox.
        }
    }
}
