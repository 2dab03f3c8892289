using Executor.Core.Logs.Capture;
using Executor.Core.Processes;
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

    /// <summary>It ends with the last line that could be written: nothing more goes in.</summary>
    public bool HasFailed { get; private set; }

    public void Add(Batch batch)
    {
        if (batch.Count == 0) return;
        var written = HasFailed ? 0 : Write(batch.First(int.MaxValue, out _));
        _lines += written;
        counts.Add(LogCount.Left, written);
        counts.Add(LogCount.DroppedSpool, batch.Count - written);
    }

    /// <returns>How many lines the file has got, all of them whole.</returns>
    private int Write(ReadOnlySpan<byte> bytes)
    {
        var rest = bytes;
        try
        {
            _file ??= Open();
            var errno = Posix.WriteAll(_file, ref rest);
            if (errno != 0)
            {
                Fail(Errno.Describe(errno));
                rest = bytes[(bytes[..^rest.Length].LastIndexOf((byte)'\n') + 1)..];
                RandomAccess.SetLength(_file, _length + bytes.Length - rest.Length);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(Errno.Reason(e));
        }

        var written = bytes[..^rest.Length];
        _length += written.Length;
        return written.Count((byte)'\n');
    }

    private void Fail(string reason)
    {
        if (!HasFailed) log.Warn("{0} cannot be written: {1}: what does not go in is dropped, and counted", path, reason);
        HasFailed = true;
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
        if (_lines > 0) log.Warn("{0} events could not be shipped in time: they are left in {1}{2}", _lines, path, IsFull ? ", which is full: the rest is dropped, and counted" : "");
        else KeptFile.Remove(path);
    }
}
