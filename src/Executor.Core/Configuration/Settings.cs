using System.Diagnostics.CodeAnalysis;

namespace Executor.Core.Configuration;

/// <summary>The settings in force: every one was checked.</summary>
public sealed class Settings
{
    public const string Prefix = "EXECUTOR_";

    private readonly IReadOnlyDictionary<string, string> _environment;

    private Settings(IReadOnlyDictionary<string, string> environment) => _environment = environment;

    /// <summary>Reads the settings.</summary>
    /// <param name="environment">This process's environment.</param>
    /// <param name="error">One line naming the variable, its value and what is accepted.</param>
    public static bool TryRead(
        IReadOnlyList<Setting> all,
        IReadOnlyDictionary<string, string> environment,
        [NotNullWhen(true)] out Settings? settings,
        [NotNullWhen(false)] out string? error)
    {
        settings = null;
        error = null;
        foreach (var setting in all)
        {
            var (value, source) = Effective(environment, setting);
            if (value.Length == 0 || setting.Accepts(value, out var detail)) continue;
            var shown = setting.IsSecret ? "not shown" : $"\"{value}\"";
            error = $"{(source == setting.Fallback ? source : setting.Name)} is {shown}: accepted: {setting.Accepted}{(detail is null ? "" : $"; {detail}")}";
            return false;
        }

        settings = new Settings(environment);
        return true;
    }

    /// <summary>EXECUTOR_ variables that no setting reads: misspelt, or of another version.</summary>
    public static IEnumerable<string> Unknown(
        IReadOnlyList<Setting> all, IReadOnlyDictionary<string, string> environment) =>
        environment.Keys
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && all.All(s => s.Name != name))
            .Order(StringComparer.Ordinal);

    /// <summary>The value in force, and what gave it: the environment, the variable it falls back to, or the default.</summary>
    public static (string Value, string Source) Effective(
        IReadOnlyDictionary<string, string> environment, Setting setting) =>
        environment.TryGetValue(setting.Name, out var given) && given.Length > 0
            ? (given, "environment")
            : setting.Fallback is { } other && environment.TryGetValue(other, out given) && given.Length > 0
                ? (given, other)
                : (setting.Default, "default");

    /// <summary>What is set, or the default, or what the setting has where there is none.</summary>
    public T Get<T>(Setting<T> setting) => setting.ValueOf(Effective(_environment, setting).Value);
}
