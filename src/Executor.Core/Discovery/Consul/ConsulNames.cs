using System.Text.RegularExpressions;

namespace Executor.Core.Discovery.Consul;

/// <summary>The names of services.</summary>
internal static partial class ConsulNames
{
    private const int Longest = 253;

    /// <summary>Whether Consul's DNS can ask for it: labels of letters, digits, dashes and underscores, between dots.</summary>
    public static bool IsValid(string name) => name.Length <= Longest && Valid().IsMatch(name);

    /// <summary>
    /// The name that a task gets whose label gives none: its app's path, from the task's id. Marathon's ids are
    /// <c>shop_cart.UUID</c> up to 1.7 and <c>shop_cart.instance-UUID._app.1</c> from 1.8 on; of others the last part
    /// between dots goes.
    /// </summary>
    public static string Of(string taskId)
    {
        var app = Instance().Replace(taskId, "");
        if (app.Length == taskId.Length && taskId.LastIndexOf('.') is > 0 and var dot) app = taskId[..dot];
        return app.Replace('_', '.').Replace('/', '-').Trim('.', '-');
    }

    /// <summary>What a label asks for: names, separated by commas; null is the default name, and false asks for none.</summary>
    public static IEnumerable<string?> In(string label) => label == "false" ? [] : label.Split(',', StringSplitOptions.TrimEntries)
        .Select(name => name is "" or "true" ? null : name.Trim('/').Replace('/', '.'))
        .Distinct();

    [GeneratedRegex(@"\A(?!.*[^.]{64})[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?)*\z")]
    private static partial Regex Valid();

    [GeneratedRegex(@"\.(instance-|marathon-)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.[^.]+(\.\d+)?)?\z")]
    private static partial Regex Instance();
}
