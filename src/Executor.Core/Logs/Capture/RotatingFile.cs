using Executor.Core.Processes;
using Microsoft.Win32.SafeHandles;
using NLog;

namespace Executor.Core.Logs.Capture;

/// <summary>
/// One of the sandbox's files <c>stdout</c> and <c>stderr</c>, written by this process alone: bytes go in as they come, and
/// at the end of the last line that fits the file is renamed and a new one begun. A descriptor of this process, 1 or 2, is
/// kept to be the same file, so that what the executor itself prints stays where people look for it.
/// <para>
/// Nothing here throws or waits for anything but the disk. What cannot be written (a full disk, a sandbox that was deleted)
/// is counted; writing goes on with the first whole line once it is possible again.
/// </para>
/// </summary>
/// <remarks>Any thread; one at a time.</remarks>
internal sealed class RotatingFile : IDisposable
{
    /// <summary>A line is never split over two files, unless it alone is longer than this.</summary>
    private const long LongestLine = 128 << 20;

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);
    private static readonly Logger Log = LogManager.GetLogger("logs");

    private readonly Lock _writing = new();
    private readonly string _path;
    private readonly int _standard;
    private readonly Rotation _rotation;
    private readonly LogCounts _counts;
    private readonly TimeProvider _time;
    private readonly RotatedFiles _old;
    private KeptFile? _file;
    private long _looked;
    private long _failed;
    private bool _hasFailed;
    private bool _inLine;
    private bool _skipsToLine;

    /// <param name="standard">The descriptor of this process that follows.</param>
    public RotatingFile(string path, int standard, Rotation rotation, LogCounts counts, TimeProvider time)
    {
        (_path, _standard, _rotation, _counts, _time) = (path, standard, rotation, counts, time);
        _old = new RotatedFiles(path, rotation, counts);
        _looked = time.GetTimestamp();
        Open();
    }

    public void Write(ReadOnlySpan<byte> bytes, TakePart? next = null)
    {
        lock (_writing)
        {
            if (!IsThere()) Lose(ref bytes, bytes.Length, next);
            if (_skipsToLine) SkipToLine(ref bytes, next);
            while (!bytes.IsEmpty)
            {
                var (length, ends) = Part(bytes);
                if (!TryWrite(ref bytes, length, next)) Lose(ref bytes, bytes.Length, next);
                else if (ends) Rotate();
            }
        }
    }

    public void Dispose()
    {
        lock (_writing) _file?.Release();
        _old.Dispose();
    }

    /// <summary>How much of it goes into this file, and whether the file is full then.</summary>
    private (int Length, bool Ends) Part(ReadOnlySpan<byte> bytes)
    {
        if (_rotation.Size == 0 || HasJustFailed) return (bytes.Length, false);
        var length = Posix.Length(_file!.Handle);
        var room = _rotation.Size - length;
        if (room >= bytes.Length) return (bytes.Length, false);

        // The last line that fits; where none does, the file ends with the one that it has begun.
        if (room > 0 && bytes[..(int)room].LastIndexOf((byte)'\n') is var last and >= 0) return (last + 1, true);
        if (length > 0 && !_inLine) return (0, true);
        if (bytes.IndexOf((byte)'\n') is var next and >= 0) return (next + 1, true);
        return (bytes.Length, length + bytes.Length >= _rotation.Size + LongestLine);
    }

    /// <summary>Writes so many of the bytes, and takes away what was written.</summary>
    private bool TryWrite(ref ReadOnlySpan<byte> bytes, int length, TakePart? next)
    {
        while (length > 0)
        {
            var written = Posix.Write(_file!.Handle, bytes[..length]);
            if (written == -Posix.Eintr) continue;
            if (written < 0)
            {
                if (!_hasFailed) Log.Warn("{0} cannot be written: {1}: what does not go in is lost to it, and counted", _path, Errno.Describe(-written));
                _hasFailed = _skipsToLine = true;
                return false;
            }

            var start = _file.StartOf(written);
            if (_file.IsCut) _file = _file.GoOn();
            next?.Invoke(bytes[..written], _file, start);
            _inLine = bytes[written - 1] != '\n';
            bytes = bytes[written..];
            length -= written;
        }

        _hasFailed = false;
        return true;
    }

    /// <summary>After a loss a file goes on with a whole line, and not in one that it has the beginning of.</summary>
    private void SkipToLine(ref ReadOnlySpan<byte> bytes, TakePart? next)
    {
        var end = bytes.IndexOf((byte)'\n') + 1;
        Lose(ref bytes, end > 0 ? end : bytes.Length, next);
        if (end == 0) return;
        _skipsToLine = false;
        var newLine = "\n"u8;
        if (_inLine && !TryWrite(ref newLine, 1, next: null)) Lose(ref bytes, bytes.Length, next);
    }

    /// <summary>The file does not get so many of the bytes; who comes next does.</summary>
    private void Lose(ref ReadOnlySpan<byte> bytes, int length, TakePart? next)
    {
        if (length > 0) next?.Invoke(bytes[..length], null, 0);
        _counts.Add(LogCount.FileBytesLost, length);
        bytes = bytes[length..];
    }

    /// <summary>Whether there is a file to write to; one that was deleted is made anew, at most once a second.</summary>
    private bool IsThere()
    {
        if (_time.GetElapsedTime(_looked) < RetryPause) return _file is not null;
        _looked = _time.GetTimestamp();
        if (_file is not null && !SandboxFile.IsDeleted(_file.Handle)) return true;
        _file?.Release();
        _file = null;
        _skipsToLine |= _inLine;
        _inLine = false;
        return Open();
    }

    /// <summary>Then the file goes on growing.</summary>
    private bool HasJustFailed => _failed != 0 && _time.GetElapsedTime(_failed) < RetryPause;

    private void Rotate()
    {
        try
        {
            var next = _old.Take();
            _file?.Release();
            _file = new KeptFile(next);
            Follow();
            _counts.Add(LogCount.Rotated);
            _failed = 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _counts.Add(LogCount.FileErrors);
            if (_failed == 0) Log.Warn("{0} cannot be rotated and goes on growing: {1}", _path, e.Message);
            _failed = _time.GetTimestamp();
        }
    }

    /// <summary>Gives the descriptor of this process the same file, with a position of its own.</summary>
    private void Follow()
    {
        var errno = Posix.OpenToAppend(_path, SandboxFile.Mode, out var file);
        if (errno == 0) Posix.Replace(_standard, file);
        file.Dispose();
    }

    private bool Open()
    {
        var errno = Posix.OpenToAppend(_path, SandboxFile.Mode, out var file);
        if (errno != 0)
        {
            file.Dispose();
            _counts.Add(LogCount.FileErrors);
            if (!_hasFailed) Log.Warn("{0} cannot be opened: {1}: the output is lost to it, and counted", _path, Errno.Describe(errno));
            _hasFailed = true;
            return false;
        }

        _file = new KeptFile(file);
        Follow();
        return true;
    }
}
