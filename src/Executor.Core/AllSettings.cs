using System.Diagnostics.CodeAnalysis;
using Executor.Core.Configuration;
using Executor.Core.Discovery;
using Executor.Core.Discovery.Consul;
using Executor.Core.Discovery.HaProxy;
using Executor.Core.Discovery.Vaas;
using Executor.Core.Health;
using Executor.Core.Hooks;
using Executor.Core.Lifecycle;
using Executor.Core.Logs;
using Executor.Core.Metrics;
using Executor.Core.Secrets;

namespace Executor.Core;

/// <summary>
/// Every EXECUTOR_ variable and every label there is: <c>--help</c> and docs/configuration.md are made from this table,
/// and <c>--print-config</c> and the checks go by it.
/// </summary>
public static class AllSettings
{
    public static IReadOnlyList<SettingTopic> Topics { get; } =
    [
        new("The executor", "architecture.md", ExecutorSettings.All, []),
        new("The task", "architecture.md", TaskSettings.All, [MaximumRunTime.Label]),
        new("Hooks and the end of a task", "hooks.md", [.. HookSettings.All, .. ExternalHooks.All], [.. HookLabels.All, .. ExternalHooks.Labels]),
        new("Health", "health.md", HealthSettings.All, HealthLabels.All),
        new("Discovery", "discovery.md", ServiceInstances.All, []),
        new("Consul", "discovery.md", ConsulSettings.All, ConsulLabels.All),
        new("VaaS", "discovery.md", VaasSettings.All, VaasLabels.All),
        new("HAProxy", "discovery.md", HaProxySettings.All, HaProxyLabels.All),
        new("Configuration and secrets", "secrets.md", SecretSettings.All, SecretLabels.All),
        new("Logs", "logs.md", LogSettings.All, LogLabels.All),
        new("Metrics", "metrics.md", MetricsSettings.All, []),
    ];

    /// <summary>The variables.</summary>
    public static IReadOnlyList<Setting> Table { get; } = [.. Topics.SelectMany(topic => topic.Settings)];

    public static IReadOnlyList<Setting> Labels { get; } = [.. Topics.SelectMany(topic => topic.Labels)];

    /// <summary>What a setting does, and which label wins over it.</summary>
    public static string Describe(Setting setting) =>
        Labels.FirstOrDefault(label => label.Over?.Name == setting.Name) is { Name: var name }
            ? $"{setting.Description} The label {name} wins."
            : setting.Description;

    /// <inheritdoc cref="Settings.TryRead"/>
    public static bool TryRead(
        IReadOnlyDictionary<string, string> environment,
        [NotNullWhen(true)] out Settings? settings,
        [NotNullWhen(false)] out string? error) => Settings.TryRead(Table, environment, out settings, out error);

    /// <inheritdoc cref="Settings.Unknown"/>
    public static IEnumerable<string> Unknown(IReadOnlyDictionary<string, string> environment) =>
        Settings.Unknown(Table, environment);
}
