using Executor.Core.Configuration;
using Executor.Core.Secrets.Stores;

namespace Executor.Core.Secrets;

/// <summary>The labels of a task's identity and of its configuration.</summary>
public static class SecretLabels
{
    public static readonly Setting<string?> Config = Setting.Text(
        "config", $"true, false, or a path below the store's, without . and .., where {string.Join(", ", StorePlaces.Names)} may stand",
        "What the task gets from the store: what the setting names, nothing, or what lies at the path, which is relative to what the setting's has before its first {.") with
    { Example = "{app}/eu", Over = SecretSettings.Store };

    public static readonly Setting<bool> ConfigOverride = Setting.Flag(
        "config-override", false, "Whether the store wins over the app's definition, as it does over the agent.");

    public static readonly Setting<bool> ValidateCertificate = Setting.Flag(
        "validate-certificate", false, "Whether the task needs a good certificate to start, and ends gracefully before that one does.");

    public static readonly Setting<bool> CertificateToTask = Setting.Flag(
        "certificate-to-task", true, "Whether the variables with the certificate and its key reach the task.");

    public static IReadOnlyList<Setting> All { get; } = [Config, ConfigOverride, ValidateCertificate, CertificateToTask];
}
