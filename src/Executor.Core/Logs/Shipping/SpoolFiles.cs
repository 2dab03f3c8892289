using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Executor.Core.Logs.Capture;
using Executor.Core.Processes;
using NLog;

namespace Executor.Core.Logs.Shipping;

/// <summary>
/// Files for output of one stream that waits on disk and is in no file of the sandbox. Each is deleted when nothing of it waits any more,
/// and their folder with the last. Not thread-safe.
/// </summary>
/// <param name="most">Bytes, of all of them.</param>
internal sealed class SpoolFiles(string folder, string prefix, long most)
{
    /// <summary>Each takes a descriptor.</summary>
    private const int MostFiles = 64;

    private readonly long _largest = Math.Max(16 << 20, most / MostFiles);

    private static readonly Logger Log = LogManager.GetLogger("logs");

    private KeptFile? _current;
    private long _length;
    private long _next;
    private bool _hasFailed;

    public bool TryWrite(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out KeptFile? file, out long offset)
    {
        (file, offset) = (null, 0);
        if (_length >= _largest) Leave();
        var errno = _current is null ? Open() : 0;
        var rest = bytes;
        if (errno == 0) errno = Posix.WriteAll(_current!.Handle, ref rest);
        if (errno != 0)
        {
            if (!_hasFailed) Log.Warn("output cannot be kept for the receivers in {0}: {1}: it is dropped, and counted", folder, Errno.Describe(errno));
            _hasFailed = true;
            return false;
        }

        _hasFailed = false;
        _length += bytes.Length;
        file = _current!;
        offset = file.StartOf(bytes.Length);
        return true;
    }

    /// <summary>Nothing waits any more.</summary>
    public void Clear()
    {
        if (_current is null) return;
        Leave();
        try
        {
            Directory.Delete(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It goes with the sandbox.
        }
    }

    private int Open()
    {
        try
        {
            // Not with its parents: a sandbox that is gone stays so.
            if (Directory.Exists(Path.GetDirectoryName(folder))) Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Opening says why.
        }

        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{prefix}{_next++:d9}"));
        var errno = Posix.OpenToAppend(path, UnixFileMode.UserRead | UnixFileMode.UserWrite, out var file);
        if (errno == 0) _current = new KeptFile(file, path);
        else file.Dispose();
        return errno;
    }

    private void Leave()
    {
        _current?.Release();
        _current = null;
        _length = 0;
    }
}
