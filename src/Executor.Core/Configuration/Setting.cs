namespace Executor.Core.Configuration;

/// <summary>One EXECUTOR_ variable: what <c>--help</c>, <c>--print-config</c> and the check of the environment know of it.</summary>
/// <param name="Default">As it would be written.</param>
/// <param name="Accepted">For people: what may stand there.</param>
public sealed record Setting(string Name, string Default, string Accepted, string Description);
