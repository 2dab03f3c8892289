using Executor.Core.Hooks;
using Executor.Core.Logs.Capture;
using Microsoft.Win32.SafeHandles;
using NLog;

namespace Executor.Core.Logs;

/// <summary>
/// One task's output: two pipes between the task and whatever is to become of the bytes. Its end is waited for, as long as
/// AfterExit may take, and then given up: what holds a pipe beyond the task's tree would hold the executor, too.
/// </summary>
internal sealed class LogHook(string taskId, IReadOnlyList<TakeBytes> takers) : TaskHook
{
    private static readonly TimeSpan LastBytes = TimeSpan.FromSeconds(2);

    private readonly Logger _log = LogManager.GetLogger("logs").WithProperty("task", taskId);
    private readonly List<CapturedStream> _streams = [];

    /// <inheritdoc/>
    public override string Name => "logs";

    /// <inheritdoc/>
    public override TaskOutput? OpenOutput()
    {
        var writing = new List<SafeFileHandle>();
        try
        {
            for (var i = 0; i < takers.Count; i++)
            {
                _streams.Add(CapturedStream.Start(SandboxFiles.Names[i], takers[i], out var end));
                writing.Add(end);
            }

            return new TaskOutput(writing[0], writing[1]);
        }
        catch (IOException e)
        {
            // The task writes where this process does, which is better than no task.
            _log.Error("its output is neither rotated nor shipped: {0}", e.Message);
            foreach (var end in writing) end.Dispose();
            return null;
        }
    }

    /// <inheritdoc/>
    public override Task AfterExitAsync(CancellationToken cancellationToken) => _streams.Count == 0 ? Nothing : EndAsync(cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        foreach (var stream in _streams) stream.Dispose();
        await base.DisposeAsync();
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        var ended = Task.WhenAll(_streams.Select(stream => stream.Ended));
        await ended.WaitAsync(LastBytes, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ended.IsCompleted) _log.Warn("something that is not the task's holds its output open: what still comes there is not read");
        foreach (var stream in _streams) stream.Stop();
        await ended.WaitAsync(cancellationToken);
    }
}
