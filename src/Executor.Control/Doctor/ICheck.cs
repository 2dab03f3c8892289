namespace Executor.Control.Doctor;

/// <summary>One thing that an operator wants to know of a host; looked at once, and only when asked.</summary>
internal interface ICheck
{
    /// <summary>Looks, within a few seconds, and leaves nothing behind. What is wrong with the host is no exception.</summary>
    Task<IReadOnlyList<Finding>> RunAsync();
}
