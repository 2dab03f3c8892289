using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using Executor.Core.Hooks;

namespace Executor.Core.Secrets.Documents;

/// <summary>Who may sign documents: those whose certificates chain to one of the bundle, and those that are in it.</summary>
public sealed class DocumentSigners
{
    private readonly X509Certificate2Collection _bundle;

    /// <param name="bundle">Roots, intermediates and certificates of single signers.</param>
    public DocumentSigners(X509Certificate2Collection bundle) => _bundle = bundle;

    /// <param name="bundle">Roots, intermediates and certificates of single signers, as PEM.</param>
    /// <exception cref="DocumentException">There is none in it, or one cannot be read.</exception>
    public static DocumentSigners FromPem(string bundle)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(bundle);
        }
        catch (CryptographicException)
        {
            throw new DocumentException("a certificate of the signers cannot be read: accepted is PEM with blocks CERTIFICATE");
        }

        return certificates.Count > 0
            ? new DocumentSigners(certificates)
            : throw new DocumentException("there is no certificate of a signer: accepted is PEM with blocks CERTIFICATE");
    }

    /// <summary>A signer's certificate that a document left out.</summary>
    internal X509Certificate2? Find(SubjectIdentifier signer) => _bundle.FirstOrDefault(signer.MatchesCertificate);

    /// <param name="others">The document's certificates: they complete a chain and are not trusted.</param>
    /// <exception cref="DocumentException">This one may not sign, or not now.</exception>
    internal void Check(X509Certificate2 signer, X509Certificate2Collection others, DateTimeOffset now)
    {
        var name = DocumentException.Shown(signer.Subject);
        RequireValid(signer, $"the signer {name}", now);
        if (signer.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault() is { } usage
            && (usage.KeyUsages & (X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation)) == 0)
            throw new DocumentException($"the signer {name} may not sign: its certificate has the key usage {usage.KeyUsages}");
        if (IsTrusted(signer)) return;

        using var chain = new X509Chain { ChainPolicy = TlsTrust.Policy(_bundle) };
        chain.ChainPolicy.ExtraStore.AddRange(_bundle);
        chain.ChainPolicy.ExtraStore.AddRange(others);
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.Build(signer);

        // The platform wants a root of the bundle at the end. Here any certificate of it ends the chain, if all before it are in order.
        foreach (var element in chain.ChainElements)
        {
            RequireValid(element.Certificate, $"the signer {name} is certified by {DocumentException.Shown(element.Certificate.Subject)}, which", now);
            var problem = element.ChainElementStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status)
                & ~(X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot);
            if (problem != X509ChainStatusFlags.NoError)
                throw new DocumentException($"the signer {name} is not trusted: the certificate of {DocumentException.Shown(element.Certificate.Subject)} has the problem {problem}");
            if (IsTrusted(element.Certificate)) return;
        }

        throw new DocumentException($"the signer {name} is not trusted: its certificate is by {DocumentException.Shown(signer.Issuer)}, and chains to none of the trusted signers");
    }

    private bool IsTrusted(X509Certificate2 certificate) => _bundle.Any(trusted => trusted.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span));

    private static void RequireValid(X509Certificate2 certificate, string what, DateTimeOffset now)
    {
        if (now > certificate.NotAfter) throw new DocumentException($"{what} was valid until {Text(certificate.NotAfter)}");
        if (now < certificate.NotBefore) throw new DocumentException($"{what} is valid only from {Text(certificate.NotBefore)} on");
    }

    private static string Text(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
