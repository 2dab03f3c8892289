namespace Executor.Core.Hooks;

/// <summary>The stages' names in settings, labels and log lines: small letters and hyphens.</summary>
public static class HookStages
{
    private static readonly Dictionary<string, HookStage> ByName =
        Enum.GetValues<HookStage>().ToDictionary(NameOf, StringComparer.Ordinal);

    public static IReadOnlyCollection<string> Names => ByName.Keys;

    public static bool TryFind(string name, out HookStage stage) => ByName.TryGetValue(name, out stage);

    /// <summary>For instance <c>before-start</c>.</summary>
    public static string NameOf(HookStage stage) => string.Concat(
        stage.ToString().Select((letter, at) => char.IsUpper(letter) && at > 0 ? $"-{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));
}
