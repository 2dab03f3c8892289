using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Executor.Core.Hooks;

namespace Executor.Core.Discovery.Vaas;

/// <summary>Whom to believe that a server is VaaS.</summary>
internal static class VaasTrust
{
    /// <param name="file">Of authorities, as PEM; null for those of the host.</param>
    /// <exception cref="InvalidTaskException">It cannot be read.</exception>
    public static SslClientAuthenticationOptions Options(string? file) => new()
    {
        CertificateChainPolicy = file is null ? null : Policy(file),
    };

    private static X509ChainPolicy Policy(string file)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck, // as with the host's authorities
        };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Unusable(file, e.Message);
        }

        return policy.CustomTrustStore.Count > 0 ? policy : throw Unusable(file, "no certificate in it");
    }

    private static InvalidTaskException Unusable(string file, string why) =>
        new($"EXECUTOR_VAAS_CA is \"{file}\": {why}: accepted is a PEM file with certificates");
}
