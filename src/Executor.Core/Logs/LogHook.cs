using Executor.Core.Configuration;
using Executor.Core.Hooks;
using Executor.Core.Logs.Capture;
using Executor.Core.Logs.Shipping;
using Microsoft.Win32.SafeHandles;
using NLog;

namespace Executor.Core.Logs;

/// <summary>
/// One task's output: two pipes between the task and whatever is to become of the bytes. Their end is waited for, as long as
/// AfterExit may take, and then given up: what holds a pipe beyond the task's tree would hold the executor, too.
/// </summary>
/// <param name="writer">Gives what copies a stream.</param>
/// <param name="ship">Starts the shipping; null is none.</param>
internal sealed class LogHook(
    LogPlan plan, Func<int, WriteOutput> writer, Func<(Backlog Backlog, Shipper Shipper)>? ship, OwnLog? own, LogCounts counts,
    Logger log) : TaskHook
{
    private static readonly TimeSpan LastBytes = TimeSpan.FromSeconds(1);

    /// <summary>How long the log's own queue may take for what it has not handed on.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(500);

    /// <summary>For writing down what was not shipped, when all limits are over already: a disk that hangs must not keep the executor.</summary>
    private static readonly TimeSpan LastFile = TimeSpan.FromSeconds(5);

    private readonly List<CapturedStream> _streams = [];
    private Backlog? _backlog;
    private Shipper? _shipper;

    /// <inheritdoc/>
    public override string Name => "logs";

    /// <inheritdoc/>
    public override TaskOutput? OpenOutput()
    {
        var writing = new List<SafeFileHandle>();
        try
        {
            if (plan.Mode == LogMode.None) return new TaskOutput(Nowhere(), Nowhere());
            if (ship is not null) (_backlog, _shipper) = ship();
            for (var i = 0; i < SandboxFiles.Names.Length; i++)
            {
                _streams.Add(CapturedStream.Start(SandboxFiles.Names[i], Taker(writer(i), _backlog, i), out var end));
                writing.Add(end);
            }

            return new TaskOutput(writing[0], writing[1]);
        }
        catch (IOException e)
        {
            // The task writes where this process does, which is better than no task.
            log.Error("its output is neither rotated nor shipped: {0}", e.Message);
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
        if (_shipper is not null)
        {
            if (_backlog is not null) own?.Detach(_backlog);
            _shipper.Dispose();
            await _shipper.Ended.WaitAsync(LastFile).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_shipper.Ended.IsCompleted) log.Error("what was not shipped could not be written down within {0}: what is not in the sandbox yet is lost", MesosDuration.Format(LastFile));
        }

        if (_streams.Count > 0) log.Info("its output: {0}", counts);
        await base.DisposeAsync();
    }

    private TakeBytes Taker(WriteOutput write, Backlog? backlog, int stream)
    {
        TakePart? next = backlog is null ? null : (bytes, file, offset) => backlog.Add(stream, bytes, file, offset);
        return bytes =>
        {
            counts.Add(LogCount.BytesRead, bytes.Length);
            write(bytes, next);
        };
    }

    private static SafeFileHandle Nowhere() => File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write);

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        var ended = Task.WhenAll(_streams.Select(stream => stream.Ended));
        await ended.WaitAsync(LastBytes, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var stream in _streams) stream.Stop();
        await ended.WaitAsync(cancellationToken);
        if (_streams.Any(stream => stream.WasHeld)) log.Warn("something that is not the task's holds its output open: what still comes there is not read");
        if (_shipper is not null) await FlushAsync(_shipper, cancellationToken);
    }

    private async Task FlushAsync(Shipper shipper, CancellationToken cancellationToken)
    {
        if (own is not null && _backlog is not null)
        {
            LogManager.Flush(LastWords);
            own.Detach(_backlog);
        }

        shipper.Complete();
        await shipper.Ended.WaitAsync(LongestWait.Clamp(plan.Flush), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        shipper.Stop();
        await shipper.Ended.WaitAsync(cancellationToken);
    }
}
