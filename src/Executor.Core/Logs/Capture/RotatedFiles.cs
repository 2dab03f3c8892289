using System.IO.Compression;
using Executor.Core.Processes;
using Microsoft.Win32.SafeHandles;

namespace Executor.Core.Logs.Capture;

/// <summary>
/// The renamed files of one, <c>.1</c> the youngest, and their compression, which nobody waits for: a file is compressed
/// beside the next one's growth and replaced when that is done, wherever it has moved to by then.
/// </summary>
internal sealed class RotatedFiles(string path, Rotation rotation, LogCounts counts) : IDisposable
{
    private const string Compressed = ".gz";

    /// <summary>Whatever becomes of it, the first try to rotate again deletes it.</summary>
    private readonly string _next = path + ".next";

    private readonly Lock _renaming = new();
    private int _taken;
    private Task _compressing = Task.CompletedTask;
    private bool _isOver;

    /// <summary>
    /// Makes the file the youngest of these, and an empty one in its place; the eldest beyond the number to keep is deleted.
    /// Where that fails, the file and as many of the others as before are still there, however often it is tried.
    /// </summary>
    /// <returns>The empty one.</returns>
    /// <exception cref="IOException">Something cannot be made, renamed or deleted.</exception>
    public SafeFileHandle Take()
    {
        lock (_renaming)
        {
            File.Delete(_next);
            var errno = Posix.OpenToAppend(_next, SandboxFile.Mode, out var next);
            try
            {
                if (errno != 0) throw new IOException($"{_next} cannot be made: {Errno.Describe(errno)}");
                // Somebody may have moved it away, which is a rotation, too.
                if (File.Exists(path)) Keep();
                File.Move(_next, path);
                return next;
            }
            catch
            {
                next.Dispose();
                throw;
            }
        }
    }

    /// <summary>A compression that goes on is left without effect.</summary>
    public void Dispose()
    {
        lock (_renaming) _isOver = true;
    }

    private void Keep()
    {
        if (rotation.Keep == 0)
        {
            File.Delete(path);
            return;
        }

        // No further than to a number that is free, also from a try before.
        var free = 1;
        while (free < rotation.Keep && IsTaken(free)) free++;
        foreach (var suffix in new[] { "", Compressed })
        {
            File.Delete(Name(free, suffix));
            for (var i = free - 1; i > 0; i--)
                if (Path.Exists(Name(i, suffix))) File.Move(Name(i, suffix), Name(i + 1, suffix));
        }

        File.Move(path, Name(1, ""));
        _taken++;
        if (rotation.Compress) CompressYoungest();
    }

    private bool IsTaken(int number) => Path.Exists(Name(number, "")) || Path.Exists(Name(number, Compressed));

    /// <summary>One at a time: a file that comes while another is being compressed stays as it is.</summary>
    private void CompressYoungest()
    {
        if (!_compressing.IsCompleted) return;
        try
        {
            var (file, taken) = (File.OpenRead(Name(1, "")), _taken);
            _compressing = Task.Run(() => Compress(file, taken));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            counts.Add(LogCount.FileErrors); // the plain file stays
        }
    }

    private string Name(int number, string suffix) => $"{path}.{number}{suffix}";

    private void Compress(FileStream file, int taken)
    {
        var unfinished = $"{path}.compressing";
        try
        {
            File.Delete(unfinished);
            using (file)
            using (var to = new GZipStream(new FileStream(unfinished, FileMode.CreateNew), CompressionLevel.Fastest))
                file.CopyTo(to);
            lock (_renaming)
            {
                var now = 1 + _taken - taken;
                if (!_isOver && File.Exists(Name(now, "")))
                {
                    File.Move(unfinished, Name(now, Compressed), overwrite: true);
                    File.Delete(Name(now, ""));
                }

                File.Delete(unfinished);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            counts.Add(LogCount.FileErrors); // the plain file stays
        }
    }
}
