using System.Globalization;

namespace Executor.Core.Configuration;

/// <summary>One EXECUTOR_ variable: what <c>--help</c>, <c>--print-config</c> and the check of the environment know of it.</summary>
/// <param name="Default">As it would be written; empty where there is none.</param>
/// <param name="Accepted">For people: what may stand there.</param>
/// <param name="Accepts">Whether a value may stand there. An empty one counts as not set and is never asked for.</param>
public sealed record Setting(
    string Name, string Default, string Accepted, string Description, Func<string, bool> Accepts)
{
    /// <summary>One of a few words.</summary>
    public static Setting Choice(string name, string[] words, string initial, string description) =>
        new(name, initial, string.Join(", ", words), description, value => words.Contains(value, StringComparer.Ordinal));

    /// <summary>A whole number of a range.</summary>
    public static Setting Number(string name, int least, int most, string description) =>
        new(name, "", $"a whole number, {least} to {most}", description, value =>
            int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most);

    /// <summary>What <c>--help</c> says of the default.</summary>
    public string DefaultText => Default.Length > 0 ? Default : "none";
}
