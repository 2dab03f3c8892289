using Executor.Core.Configuration;
using Executor.Core.Ports;
using NLog;

namespace Executor.Interop;

/// <summary>
/// The v0 executor driver of the host's own libmesos, over the bridge. A process has one, ever.
/// </summary>
/// <remarks>
/// libmesos tells neither of the agent's absence nor of acknowledgements. The first is seen here, by a link of our own;
/// for the second the user of this driver waits (<see cref="ReportsAcknowledgements"/>).
/// </remarks>
public sealed class LibmesosDriver : IExecutorDriver
{
    private static readonly Logger Log = LogManager.GetLogger("driver");

    /// <summary>libmesos gives up first; this is for a link that broke while the agent did not.</summary>
    private static readonly TimeSpan RecoveryMargin = TimeSpan.FromSeconds(10);

    private readonly LibmesosLibrary _library;
    private readonly AgentEnvironment _environment;
    private readonly TimeProvider _time;
    private readonly AgentLink _link;
    private Action<DriverEvent> _post = _ => { };
    private NativeDriver? _native;
    private ITimer? _recovery;
    private volatile bool _registered;
    private volatile bool _failed;
    private volatile string? _error;

    /// <param name="library">Without a problem.</param>
    public LibmesosDriver(LibmesosLibrary library, AgentEnvironment environment, TimeProvider time)
    {
        if (library.Problem != LibmesosProblem.None) throw new ArgumentException(library.Error, nameof(library));
        _library = library;
        _environment = environment;
        _time = time;
        _link = new AgentLink(environment.AgentPid.Address, OnLinkBroken);
    }

    public bool ReportsAcknowledgements => false;

    public void Start(Action<DriverEvent> post)
    {
        LibprocessRules.Check(_environment);
        _post = post;
        // Before libmesos connects: an agent that dies closes its oldest connections first.
        _link.Renew();
        _native = new NativeDriver(_library, this);
        var (result, status) = _native.Start();
        if (result != EbResult.Ok || status != EbStatus.Running)
            throw new DriverException($"{_library.Path}: the driver did not start: {_error ?? $"{result}, {status}"}");
    }

    public void SendStatusUpdate(ReadOnlySpan<byte> taskStatus) =>
        Report("a status update", _native!.SendStatus(taskStatus));

    public void SendFrameworkMessage(ReadOnlySpan<byte> data) =>
        Report("a framework message", _native!.SendFrameworkMessage(data));

    public async ValueTask DisposeAsync()
    {
        _link.Dispose();
        if (_recovery is not null) await _recovery.DisposeAsync();
        if (_native is not { } native) return;
        native.End(abort: _failed);
        await Task.Run(native.Destroy);
    }

    /// <summary>Hands an event on. After a failure none comes any more, as after an abort.</summary>
    internal void Post(DriverEvent happened)
    {
        if (_failed) return;
        switch (happened)
        {
            case DriverEvent.Registered:
                _registered = true;
                break;
            case DriverEvent.Reregistered:
                _registered = true;
                // First, so that the old link cannot arm the timer again.
                _link.Renew();
                _recovery?.Dispose();
                break;
            case DriverEvent.Shutdown when _link.IsBroken:
                happened = new DriverEvent.Shutdown($"the agent {_environment.AgentPid} is gone");
                break;
            case DriverEvent.Error error:
                _error = error.Message;
                break;
        }

        _post(happened);
    }

    /// <summary>
    /// An exception of ours in a callback: the driver is given up, and aborted at its end rather than at once, so that
    /// the tasks' last updates still go out.
    /// </summary>
    internal void Fail(Exception exception)
    {
        if (_failed) return;
        _failed = true;
        try
        {
            Log.Fatal(exception, "an event of the driver could not be taken");
            _post(new DriverEvent.Error($"an event could not be taken: {exception.Message}"));
        }
        catch (Exception)
        {
            // Nobody is left to tell.
            _native?.End(abort: true);
        }
    }

    /// <summary>What libmesos does then: without checkpointing it shuts down at once, and says so itself.</summary>
    private void OnLinkBroken()
    {
        if (!_environment.Checkpoint || !_registered) return;
        var patience = _environment.RecoveryTimeout + RecoveryMargin;
        _recovery?.Dispose();
        _recovery = _time.CreateTimer(
            _ => Post(new DriverEvent.Shutdown(
                $"the agent did not come back within {MesosDuration.Format(_environment.RecoveryTimeout)}")),
            null, LongestWait.Clamp(patience), Timeout.InfiniteTimeSpan);
        Post(new DriverEvent.Disconnected());
    }

    private void Report(string what, (EbResult Result, EbStatus Status) sent)
    {
        if (sent.Result == EbResult.RefusedMessage)
            Log.Error("{0} was not sent: it holds a value that {1} does not know", what, _library.Path);
        else if (sent.Result != EbResult.Ok)
            Log.Error("{0} was not sent: {1}", what, sent.Result);
        else if (sent.Status != EbStatus.Running)
            Log.Warn("{0} was not sent: the driver is {1}", what, sent.Status);
    }
}
