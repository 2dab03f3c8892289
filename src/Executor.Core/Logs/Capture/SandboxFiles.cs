namespace Executor.Core.Logs.Capture;

/// <summary>
/// The sandbox's <c>stdout</c> and <c>stderr</c>, shared by all tasks of the executor; opened when the first one needs them.
/// </summary>
internal sealed class SandboxFiles(string sandbox, Rotation rotation, LogCounts counts, TimeProvider time)
{
    public static readonly string[] Names = ["stdout", "stderr"];

    private readonly Lock _opening = new();
    private readonly RotatingFile?[] _files = new RotatingFile?[2];

    /// <summary>
    /// Whether a task may as well write by itself: nothing is to be rotated, or the agent has given something else than
    /// files, whose reader is who keeps and rotates, or files that this process's user may not open anew.
    /// </summary>
    public bool NeedNoWriter => rotation.Size == 0 || !Names.Select((_, i) => IsOurs(i)).Any(ours => ours);

    /// <param name="stream">0 is stdout, 1 is stderr.</param>
    /// <returns>What writes that stream.</returns>
    public WriteOutput Writer(int stream)
    {
        if (!IsOurs(stream)) return new InheritedOutput(stream, counts).Write;
        lock (_opening)
        {
            _files[stream] ??= new RotatingFile(PathOf(stream), stream + 1, rotation, counts, time);
            return _files[stream]!.Write;
        }
    }

    private bool IsOurs(int stream) => _files[stream] is not null || (SandboxFile.Is(stream + 1, PathOf(stream)) && SandboxFile.CanBeOpened(PathOf(stream)));

    private string PathOf(int stream) => Path.Combine(sandbox, Names[stream]);
}
