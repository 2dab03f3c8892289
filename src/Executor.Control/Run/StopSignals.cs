using System.Runtime.InteropServices;

namespace Executor.Control.Run;

/// <summary>
/// Ctrl-C, SIGTERM and a closed terminal as a user means them: once to end, again to hurry, a third time to be gone. The signals do not
/// reach the executors, whose sessions are their own.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _hangUp;
    private int _count;

    /// <param name="stop">Gets the number of signals so far, from 1, on a thread of the pool.</param>
    public StopSignals(Action<int> stop)
    {
        void Handle(PosixSignalContext context)
        {
            context.Cancel = true;
            stop(Interlocked.Increment(ref _count));
        }

        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Handle);
    }

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _hangUp.Dispose();
    }
}
