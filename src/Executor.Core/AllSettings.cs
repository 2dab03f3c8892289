using System.Diagnostics.CodeAnalysis;
using Executor.Core.Configuration;
using Executor.Core.Discovery;
using Executor.Core.Discovery.Consul;
using Executor.Core.Discovery.HaProxy;
using Executor.Core.Discovery.Vaas;
using Executor.Core.Health;
using Executor.Core.Hooks;
using Executor.Core.Logs;
using Executor.Core.Metrics;
using Executor.Core.Secrets;

namespace Executor.Core;

/// <summary>Every EXECUTOR_ variable there is: <c>--help</c>, <c>--print-config</c> and the documents are held to this table.</summary>
public static class AllSettings
{
    public static IReadOnlyList<Setting> Table { get; } =
    [
        .. ExecutorSettings.All,
        .. HookSettings.All,
        .. ExternalHooks.All,
        .. LogSettings.All,
        .. HealthSettings.All,
        .. ServiceInstances.All,
        .. VaasSettings.All,
        .. HaProxySettings.All,
        .. ConsulSettings.All,
        .. SecretSettings.All,
        .. MetricsSettings.All,
    ];

    /// <inheritdoc cref="Settings.TryRead"/>
    public static bool TryRead(
        IReadOnlyDictionary<string, string> environment,
        [NotNullWhen(true)] out Settings? settings,
        [NotNullWhen(false)] out string? error) => Settings.TryRead(Table, environment, out settings, out error);

    /// <inheritdoc cref="Settings.Unknown"/>
    public static IEnumerable<string> Unknown(IReadOnlyDictionary<string, string> environment) =>
        Settings.Unknown(Table, environment);
}
