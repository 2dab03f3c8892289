using Microsoft.Win32.SafeHandles;
using NLog;

namespace Executor.Core.Logs.Shipping;

/// <summary>What could not be shipped by the end of its task, as it would have been sent: one JSON object per line.</summary>
/// <param name="most">The length in bytes from which on it is full.</param>
internal sealed class UnshippedFile(string path, long most, LogCounts counts, Logger log) : IDisposable
{
    private SafeFileHandle? _file;
    private long _length;
    private long _lines;

    /// <summary>What comes now should be dropped.</summary>
    public bool IsFull => _length >= most;

    public void Add(Batch batch)
    {
        if (batch.Count == 0) return;
        try
        {
            _file ??= Open();
            var bytes = batch.First(int.MaxValue, out var count);
            RandomAccess.Write(_file, bytes, _length);
            _length += bytes.Length;
            _lines += count;
            counts.Add(LogCount.Left, count);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            counts.Add(LogCount.DroppedSpool, batch.Count);
        }
    }

    /// <summary>Made anew: what stands there may be the task's, and lead elsewhere.</summary>
    private SafeFileHandle Open()
    {
        File.Delete(path);
        return File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
    }

    public void Dispose()
    {
        if (_file is null) return;
        _file.Dispose();
        log.Warn("{0} events could not be shipped in time: they are left in {1}{2}", _lines, path, IsFull ? ", which is full: the rest is dropped, and counted" : "");
    }
}
