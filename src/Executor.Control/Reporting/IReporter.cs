namespace Executor.Control.Reporting;

/// <summary>
/// Shows what happens, as it happens. Called from any thread; one event is written whole before the next.
/// </summary>
internal interface IReporter
{
    void Report(RunEvent happened);
}
