using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Executor.Core.Secrets.Documents;

/// <summary>
/// The EC keys of certificates, to agree on keys with. The platform gives them out only where the key usage is key agreement;
/// that of certificates for TLS mostly is digital signature, and it is those that applications have.
/// </summary>
internal static class EcKeys
{
    /// <returns>Null where it is no EC key.</returns>
    public static ECDiffieHellman? PublicOf(X509Certificate2 certificate)
    {
        if (certificate.GetECDiffieHellmanPublicKey() is { } key) return key;
        using var signing = certificate.GetECDsaPublicKey();
        return signing is null ? null : ECDiffieHellman.Create(signing.ExportParameters(false));
    }

    /// <returns>Null where it is no EC key, or there is none.</returns>
    public static ECDiffieHellman? PrivateOf(X509Certificate2 certificate)
    {
        if (certificate.GetECDiffieHellmanPrivateKey() is { } key) return key;
        using var signing = certificate.GetECDsaPrivateKey();
        if (signing is null) return null;
        var parameters = signing.ExportParameters(true);
        try
        {
            return ECDiffieHellman.Create(parameters);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(parameters.D);
        }
    }
}
