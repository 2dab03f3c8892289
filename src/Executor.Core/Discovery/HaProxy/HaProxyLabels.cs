using Executor.Core.Configuration;

namespace Executor.Core.Discovery.HaProxy;

/// <summary>The labels of HAProxy.</summary>
public static class HaProxyLabels
{
    public static readonly Setting<string?> Slot = Setting.Text(
        "haproxy", "backend/slot-prefix or backend/slot-prefix:PORT_NAME",
        "Gives the task a server of that backend whose name begins so, for its first port or the one of that name, while it can serve.") with
    { Example = "web/slot-" };

    public static readonly Setting<string> Withdraw = Setting.Choice(
        "haproxy-withdraw", ["drain", "maint"], "drain",
        "The state of the server while the task is unhealthy and from its withdrawal on: maint also keeps out the clients that stick to it.");

    public static IReadOnlyList<Setting> All { get; } = [Slot, Withdraw];
}
