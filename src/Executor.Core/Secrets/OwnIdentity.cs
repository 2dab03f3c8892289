using System.Security.Cryptography.X509Certificates;
using Executor.Core.Configuration;
using Executor.Core.Hooks;

namespace Executor.Core.Secrets;

/// <summary>The identity in this process's environment. Read anew whenever it is needed: no key stays in memory between.</summary>
/// <param name="learn">Told the key, so that no text shows it.</param>
public sealed class OwnIdentity(
    IReadOnlyDictionary<string, string> environment, Settings settings, TimeProvider time, Action<string> learn)
{
    private readonly Lazy<X509Certificate2Collection?> _authorities = new(
        () => settings.Get(SecretSettings.CaBundle) is { } file ? TlsTrust.Read(SecretSettings.CaBundle, file) : null,
        LazyThreadSafetyMode.PublicationOnly);

    /// <summary>The names of all variables that hold a part of it.</summary>
    public static IReadOnlyList<string> Variables => Identity.Variables;

    /// <summary>The variables that a task does not get: applications have use for the certificate, unless a label says no.</summary>
    public static IReadOnlyList<string> Withheld(TaskLabels labels) => labels.Get(SecretLabels.CertificateToTask) ? [] : Identity.Variables;

    /// <summary>Whether somebody has put one there.</summary>
    internal bool IsGiven => Identity.IsGiven(environment);

    /// <summary>Whom the settings trust; null is the host's authorities.</summary>
    /// <exception cref="InvalidTaskException">They cannot be read.</exception>
    internal X509Certificate2Collection? Authorities => _authorities.Value;

    /// <exception cref="HookException">There is none, or it is not good.</exception>
    internal Task<Identity> ReadAsync(CancellationToken cancellationToken) =>
        BoundedFile.OnThreadAsync(() => Identity.Read(environment, Authorities, time, learn), cancellationToken);
}
