using Executor.Core.Configuration;
using Executor.Core.Secrets.Stores;

namespace Executor.Core.Secrets;

/// <summary>The settings of a task's identity and of its configuration.</summary>
public static class SecretSettings
{
    public static readonly Setting<StoreAddress?> Store = new(
        "EXECUTOR_CONFIG_STORE", "", StoreAddress.Accepted,
        "Where the configuration of tasks is kept: https:// is a server of documents, vault+https:// a Vault with KV secrets, file: a document in the sandbox or on the host. {group} and {app} are the parts of the app's id, {task} is the task's id and {version} the app's version.",
        StoreAddress.TryParse)
    {
        Example = "vault+https://vault.example.org:8200/secret/{group}/{app}",
        Explain = text => StoreAddress.Error(text),
    };

    public static readonly Setting<bool> Optional = Setting.Flag(
        "EXECUTOR_CONFIG_OPTIONAL", false,
        "Whether a task whose configuration cannot be had starts without; a value of ENC[...] that cannot be decrypted fails the task all the same.");

    public static readonly Setting<string?> CaBundle = Setting.AnyPath(
        "EXECUTOR_CA_BUNDLE", PathKind.File,
        "A PEM file of authorities, instead of the host's for all that the executor asks over TLS, but for what has such a setting of its own; and the task's certificate has to come from one of them, which is not checked without it.") with
    { Example = "/etc/executor/ca.pem" };

    public static readonly Setting<string?> Signers = Setting.AnyPath(
        "EXECUTOR_CONFIG_SIGNERS", PathKind.File,
        "A PEM file of authorities, or of signers' own certificates: configuration that none of them has signed is refused.") with
    { Example = "/etc/executor/signers.pem" };

    public static readonly Setting<TimeSpan> Jitter = Setting.Duration(
        "EXECUTOR_CERTIFICATE_JITTER", "3hrs",
        "A task with the label validate-certificate ends up to this long before its certificate does, at random, so that not all end at once; never more than half of what is left of the certificate's life.") with
    { Example = "12hrs" };

    public static readonly Setting<string?> VaultRole = Setting.Text(
        "EXECUTOR_VAULT_ROLE", "a name", "The role of Vault's certificate login; without it Vault tries all that fit the certificate.") with
    { Example = "mesos-task" };

    public static readonly Setting<string?> VaultNamespace = Setting.Text(
        "EXECUTOR_VAULT_NAMESPACE", "a namespace", "The namespace of Vault Enterprise. VAULT_NAMESPACE counts where it is not set.", Setting.IsHeaderWord) with
    { Fallback = "VAULT_NAMESPACE", Example = "shop" };

    public static IReadOnlyList<Setting> All { get; } = [Store, Optional, CaBundle, Signers, Jitter, VaultRole, VaultNamespace];
}
