namespace Executor.Core.Hooks;

/// <summary>Who this executor is, as the agent said at its registration.</summary>
/// <param name="Framework">The framework's name.</param>
/// <param name="Agent">The agent's host name or address.</param>
public sealed record ExecutorIdentity(string ExecutorId, string Framework, string Agent)
{
    /// <summary>Before the registration.</summary>
    public static ExecutorIdentity None { get; } = new("", "", "");
}
