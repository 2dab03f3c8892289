namespace Executor.EndToEnd.Tests;

/// <summary>Holds shells back until the test lets them through, as many as it says; at its end it lets all through.</summary>
internal sealed class Gate : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("executor-gate-");
    private readonly FileStream _pipe;

    public Gate()
    {
        var path = Path.Combine(_folder.FullName, "gate");
        Assert.That(Posix.MakePipe(path, 0b110_110_110), Is.Zero);
        // For both, so that neither side's open waits for the other's.
        _pipe = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        Wait = $"read line < '{path}'";
    }

    /// <summary>The shell command that waits here.</summary>
    public string Wait { get; }

    /// <summary>Lets some through, now or when they come.</summary>
    public void Open(int shells = 1) => _pipe.Write(Enumerable.Repeat((byte)'\n', shells).ToArray());

    public void Dispose()
    {
        _pipe.Dispose();
        _folder.Delete(recursive: true);
    }
}
