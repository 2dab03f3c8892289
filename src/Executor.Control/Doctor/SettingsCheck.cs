using Executor.Core;
using Executor.Core.Configuration;

namespace Executor.Control.Doctor;

/// <summary>Whether the executor would accept the settings of this environment, and could open what they name.</summary>
internal sealed class SettingsCheck(IReadOnlyDictionary<string, string> environment) : ICheck
{
    public Task<IReadOnlyList<Finding>> RunAsync()
    {
        Finding[] findings =
        [
            .. AllSettings.Unknown(environment).Select(name => new Finding(
                Verdict.Warning, name, "is not a setting of the executor and does nothing",
                "Correct the name, or unset it; executor --help lists the settings.")),
            .. AllSettings.Table.Where(setting => environment.GetValueOrDefault(setting.Name) is "").Select(setting => new Finding(
                Verdict.Ok, setting.Name, "empty, as if it were not set")),
            .. AllSettings.Table.Select(Judge).OfType<Finding>(),
        ];
        return Task.FromResult<IReadOnlyList<Finding>>(findings.Length > 0
            ? [.. findings.OrderBy(finding => finding.Check, StringComparer.Ordinal)]
            : [new Finding(Verdict.Ok, "settings", $"no {Settings.Prefix} variable is set, the defaults hold")]);
    }

    /// <summary>Each is read by itself, so that every wrong one is told and not only the first.</summary>
    /// <returns>Null where nothing is set.</returns>
    private Finding? Judge(Setting setting)
    {
        var (value, source) = Settings.Effective(environment, setting);
        var name = source == setting.Fallback ? source : setting.Name;
        if (environment.GetValueOrDefault(name) is not { Length: > 0 }) return null;
        if (!Settings.TryRead([setting], environment, out _, out var error))
            return new Finding(Verdict.Failed, name, error[$"{name} ".Length..], "Correct it, or unset it: the executor ends at once, with exit code 2.");
        if (setting.Path is { } kind && SettingPath.Trouble(kind, value) is { } trouble)
        {
            // What others set may be for others only.
            var verdict = name == setting.Fallback ? Verdict.Warning : Verdict.Failed;
            return new Finding(verdict, name, trouble, "Correct the path, or give the user that tasks run as access to it.");
        }

        return new Finding(Verdict.Ok, name, setting.Shown(value));
    }
}
