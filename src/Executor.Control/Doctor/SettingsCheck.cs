using Executor.Core;
using Executor.Core.Configuration;

namespace Executor.Control.Doctor;

/// <summary>Whether the executor would accept the EXECUTOR_ variables of this environment, and could open what they name.</summary>
internal sealed class SettingsCheck(IReadOnlyDictionary<string, string> environment) : ICheck
{
    public Task<IReadOnlyList<Finding>> RunAsync()
    {
        Finding[] findings = [.. environment.Keys.Order(StringComparer.Ordinal).SelectMany(Findings)];
        return Task.FromResult<IReadOnlyList<Finding>>(findings.Length > 0
            ? findings
            : [new Finding(Verdict.Ok, "settings", $"no {Settings.Prefix} variable is set, the defaults hold")]);
    }

    /// <summary>Each variable is read by itself, so that every wrong one is told and not only the first.</summary>
    private IEnumerable<Finding> Findings(string name)
    {
        if (!name.StartsWith(Settings.Prefix, StringComparison.Ordinal)) yield break;
        var only = new Dictionary<string, string> { [name] = environment[name] };
        if (AllSettings.Unknown(only).Any())
        {
            yield return new Finding(
                Verdict.Warning, name, "is not a setting of the executor and does nothing",
                "Correct the name, or unset it; executor --help lists the settings.");
        }
        else if (AllSettings.TryRead(only, out _, out var error))
        {
            if (SettingPath.Trouble(name, environment[name]) is { } trouble)
            {
                yield return new Finding(
                    Verdict.Failed, name, trouble, "Correct the path, or give the user that tasks run as access to it.");
                yield break;
            }

            yield return new Finding(Verdict.Ok, name, environment[name] is { Length: > 0 } value ? Shown(name, value) : "empty, the default holds");
        }
        else
        {
            yield return new Finding(
                Verdict.Failed, name, error[$"{name} ".Length..], "Correct it, or unset it: the executor ends at once, with exit code 2.");
        }
    }

    private static string Shown(string name, string value) =>
        AllSettings.Table.Any(setting => setting.Name == name && setting.IsSecret) ? "********" : value;
}
