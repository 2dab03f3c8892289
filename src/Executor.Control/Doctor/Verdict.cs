namespace Executor.Control.Doctor;

internal enum Verdict
{
    Ok,

    /// <summary>The executor would work, though perhaps not as meant.</summary>
    Warning,

    /// <summary>The executor would not start, or not do its work.</summary>
    Failed,
}
