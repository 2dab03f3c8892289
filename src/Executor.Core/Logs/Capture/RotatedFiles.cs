using System.IO.Compression;

namespace Executor.Core.Logs.Capture;

/// <summary>
/// The renamed files of one, <c>.1</c> the youngest, and their compression, which nobody waits for: a file is compressed
/// beside the next one's growth and replaced when that is done, wherever it has moved to by then.
/// </summary>
internal sealed class RotatedFiles(string path, Rotation rotation, LogCounts counts) : IDisposable
{
    private const string Compressed = ".gz";

    private readonly Lock _renaming = new();
    private int _taken;
    private Task _compressing = Task.CompletedTask;
    private bool _isOver;

    /// <summary>Makes the file the youngest of these; the eldest beyond the number to keep is deleted.</summary>
    /// <exception cref="IOException">It cannot be renamed, or deleted.</exception>
    public void Take()
    {
        lock (_renaming)
        {
            foreach (var suffix in new[] { "", Compressed })
            {
                File.Delete(Name(rotation.Keep, suffix));
                for (var i = rotation.Keep - 1; i > 0; i--)
                {
                    if (File.Exists(Name(i, suffix))) File.Move(Name(i, suffix), Name(i + 1, suffix), overwrite: true);
                }
            }

            if (rotation.Keep == 0)
            {
                File.Delete(path);
                return;
            }

            File.Move(path, Name(1, ""), overwrite: true);
            _taken++;
            // One at a time: a file that comes while another is being compressed stays as it is.
            if (!rotation.Compress || !_compressing.IsCompleted) return;
            var (file, taken) = (File.OpenRead(Name(1, "")), _taken);
            _compressing = Task.Run(() => Compress(file, taken));
        }
    }

    /// <summary>A compression that goes on is left without effect.</summary>
    public void Dispose()
    {
        lock (_renaming) _isOver = true;
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
