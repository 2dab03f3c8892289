namespace Executor.Core.Secrets;

/// <summary>Who gave a variable.</summary>
public enum VariableOrigin
{
    Agent,
    Store,
    App,
}

/// <summary>A variable of a task's environment.</summary>
/// <param name="Value">Decrypted where it was given encrypted.</param>
/// <param name="WasSealed">Whether it was.</param>
public sealed record ConfiguredVariable(string Name, string Value, VariableOrigin Origin, bool WasSealed);

/// <summary>The environment of a task with its configuration.</summary>
public sealed record TaskConfiguration
{
    public IReadOnlyList<ConfiguredVariable> Variables { get; init; } = [];

    /// <summary>Where its configuration was; null where it has none.</summary>
    public string? Store { get; init; }

    /// <summary>What the store calls this state of it; null where it does not.</summary>
    public string? Revision { get; init; }

    /// <summary>Why it goes without; null where it does not.</summary>
    public string? Trouble { get; init; }
}

/// <summary>Whose configuration it is.</summary>
/// <param name="Environment">What agent and app give.</param>
/// <param name="AppVariables">The names of those that the app's definition gives.</param>
/// <param name="Sandbox">Where the paths of files begin that are relative.</param>
public sealed record ConfigurationRequest(
    string TaskId, IReadOnlyDictionary<string, string> Environment, IReadOnlySet<string> AppVariables, string Sandbox);
