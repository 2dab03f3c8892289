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

    private readonly LibmesosLibrary _library;
    private readonly AgentEnvironment _environment;
    private readonly AgentLink _link;
    private Action<DriverEvent> _post = _ => { };
    private NativeDriver? _native;
    private volatile DriverEvent.Reregistered? _registered;
    private volatile bool _failed;
    private volatile string? _error;

    /// <param name="library">Without a problem.</param>
    public LibmesosDriver(LibmesosLibrary library, AgentEnvironment environment, TimeProvider time)
    {
        if (library.Problem != LibmesosProblem.None) throw new ArgumentException(library.Error, nameof(library));
        _library = library;
        _environment = environment;
        _link = new AgentLink(environment.AgentPid.Address, time, OnAgentGone, OnAgentBack);
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
            case DriverEvent.Registered registered:
                _registered = new DriverEvent.Reregistered(registered.AgentInfo);
                break;
            case DriverEvent.Reregistered reregistered:
                _registered = reregistered;
                _link.Renew(() => _post(reregistered));
                return;
            case DriverEvent.Shutdown when _link.IsBroken:
                happened = new DriverEvent.Shutdown($"the agent {_environment.AgentPid} is gone", AgentGone: true);
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

    /// <summary>Without checkpointing libmesos shuts down at once, and says so itself.</summary>
    private void OnAgentGone()
    {
        if (_environment.Checkpoint && _registered is not null) Post(new DriverEvent.Disconnected());
    }

    /// <summary>Only our link was cut: libmesos never lost the agent, and nobody else would tell that it is there.</summary>
    private void OnAgentBack()
    {
        if (_environment.Checkpoint && _registered is { } registered) _post(registered);
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
