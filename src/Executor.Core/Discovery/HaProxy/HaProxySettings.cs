using Executor.Core.Configuration;

namespace Executor.Core.Discovery.HaProxy;

/// <summary>Which HAProxys the tasks of this executor are announced to.</summary>
public static class HaProxySettings
{
    public static readonly Setting<IReadOnlyList<HaProxyAddress>> Addresses = new(
        "EXECUTOR_HAPROXY", "", "unix:/path or tcp:host:port, separated by commas",
        "The runtime API of each HAProxy in which a task with the label haproxy gets a server slot; they need level admin.",
        TryParse)
    {
        None = [],
        Example = "unix:/run/haproxy/admin.sock",
    };

    public static IReadOnlyList<Setting> All { get; } = [Addresses];

    private static bool TryParse(string text, out IReadOnlyList<HaProxyAddress> addresses)
    {
        var found = new List<HaProxyAddress>();
        addresses = found;
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!HaProxyAddress.TryParse(part, out var address)) return false;
            found.Add(address);
        }

        return found.Count > 0;
    }
}
