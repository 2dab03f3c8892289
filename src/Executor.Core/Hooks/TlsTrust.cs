using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Executor.Core.Configuration;
using Executor.Core.Processes;

namespace Executor.Core.Hooks;

/// <summary>Whom to believe that a server is who it says.</summary>
internal static class TlsTrust
{
    /// <param name="setting">What names the file.</param>
    /// <param name="file">Of authorities, as PEM.</param>
    /// <exception cref="InvalidTaskException">It cannot be read, or there is no certificate in it.</exception>
    public static X509Certificate2Collection Read(Setting setting, string file)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Unusable(setting, file, e is CryptographicException ? "it is no PEM" : Errno.Reason(e));
        }

        return authorities.Count > 0 ? authorities : throw Unusable(setting, file, "there is no certificate in it");
    }

    /// <summary>What a client shows of itself.</summary>
    /// <param name="setting">What names the certificate.</param>
    /// <param name="certificate">A PEM file.</param>
    /// <param name="key">The PEM file of its key; null is the same.</param>
    /// <exception cref="InvalidTaskException">They cannot be used.</exception>
    public static SslStreamCertificateContext Own(Setting setting, string certificate, string? key) => Usable(
        setting, certificate, path => SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(path, key), null, offline: true));

    /// <param name="setting">What names the file or folder.</param>
    /// <exception cref="InvalidTaskException">It cannot be used.</exception>
    public static T Usable<T>(Setting setting, string path, Func<string, T> use)
    {
        try
        {
            return use(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new InvalidTaskException($"{setting.Names} is \"{path}\": accepted is {setting.Accepted}, of PEM that can be read");
        }
    }

    /// <param name="authorities">Null is the host's own.</param>
    public static X509ChainPolicy Policy(X509Certificate2Collection? authorities)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck, // as the platform does for clients
            DisableCertificateDownloads = true, // a certificate may name a server that never answers
        };
        if (authorities is null) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    /// <summary>Why a chain is not trusted, in the platform's words.</summary>
    public static string Reasons(X509Chain? chain) =>
        string.Join(", ", (chain?.ChainStatus ?? []).Select(status => status.Status.ToString()).Distinct());

    private static InvalidTaskException Unusable(Setting setting, string file, string why) =>
        new($"{setting.Names} is \"{file}\": {why}: accepted is a PEM file with certificates");
}
