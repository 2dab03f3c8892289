namespace Executor.Core.Hooks;

/// <summary>A task that asks for something which makes no sense: TASK_ERROR with this text.</summary>
/// <param name="message">Names the thing, its value and what is accepted.</param>
public sealed class InvalidTaskException(string message) : Exception(message);
