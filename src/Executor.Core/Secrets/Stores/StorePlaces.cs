using Executor.Core.Hooks;

namespace Executor.Core.Secrets.Stores;

/// <summary>What stands at the places of a store's path for one task.</summary>
/// <param name="AppId">MARATHON_APP_ID, e.g. <c>/payments/eu/checkout</c>; null where the framework gives none.</param>
/// <param name="Version">MARATHON_APP_VERSION; null where the framework gives none.</param>
public sealed record StorePlaces(string? AppId, string TaskId, string? Version)
{
    public static IReadOnlyList<string> Names { get; } = ["{app}", "{group}", "{task}", "{version}"];

    /// <param name="task">Its environment names the app.</param>
    public static StorePlaces Of(string task, IReadOnlyDictionary<string, string> environment) => new(
        environment.GetValueOrDefault("MARATHON_APP_ID"), task, environment.GetValueOrDefault("MARATHON_APP_VERSION"));

    /// <param name="escape">For a URL.</param>
    /// <exception cref="HookException">The task lacks it, or it leads elsewhere.</exception>
    internal string Value(string place, bool escape)
    {
        var id = AppId?.Trim('/');
        var value = place switch
        {
            "{app}" => id?[(id.LastIndexOf('/') + 1)..],
            "{group}" => id?[..Math.Max(id.LastIndexOf('/'), 0)],
            "{task}" => TaskId,
            _ => Version,
        };
        if (value is null)
            throw new HookException($"the store's path has {place}, but {(place == "{version}" ? "MARATHON_APP_VERSION" : "MARATHON_APP_ID")} is not set");
        string[] parts = place == "{group}" ? value.Split('/') : [value];
        if (parts.Any(part => part.AsSpan().ContainsAny('/', '\0')))
            throw new HookException($"the store's path has {place}, which is \"{value}\" here: that is no part of a path");
        return string.Join('/', parts.Select(part => escape ? Uri.EscapeDataString(part) : part));
    }
}
