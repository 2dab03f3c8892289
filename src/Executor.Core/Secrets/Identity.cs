using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Executor.Core.Hooks;
using Executor.Core.Secrets.Documents;

namespace Executor.Core.Secrets;

/// <summary>
/// The certificate and the key that a module of the agent, or whoever else, has put into this process's environment for
/// the application: <c>CERTIFICATE</c> and <c>CERTIFICATE_KEY</c>, PEM, or both in one, or in the files that
/// <c>CERTIFICATE_FILE</c> and <c>CERTIFICATE_KEY_FILE</c> name. RSA and EC.
/// </summary>
internal sealed class Identity : IDisposable
{
    private const string EcKey = "1.2.840.10045.2.1";
    private const string Name = "CERTIFICATE";
    private const string KeyName = "CERTIFICATE_KEY";
    private const string FileSuffix = "_FILE";
    private const int LongestFile = 256 * 1024;

    private Identity(X509Certificate2 certificate, X509Certificate2Collection chain) => (Certificate, Chain) = (certificate, chain);

    /// <summary>The names of all that holds a part of it.</summary>
    public static IReadOnlyList<string> Variables { get; } = [Name, Name + FileSuffix, KeyName, KeyName + FileSuffix];

    public static bool IsGiven(IReadOnlyDictionary<string, string> environment) =>
        Variables.Take(2).Any(name => environment.GetValueOrDefault(name) is { Length: > 0 });

    /// <summary>With its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>What came behind it: the authorities between it and its root.</summary>
    public X509Certificate2Collection Chain { get; }

    /// <summary>Reads it, and checks that it is good now.</summary>
    /// <param name="authorities">One of them must have issued it; null trusts whoever has put it there.</param>
    /// <param name="learn">Told the key, so that no text shows it.</param>
    /// <exception cref="HookException">It is missing, malformed, out of its time, or from somebody else.</exception>
    public static Identity Read(
        IReadOnlyDictionary<string, string> environment, X509Certificate2Collection? authorities, TimeProvider time, Action<string> learn)
    {
        var (pem, source) = Text(environment, Name)
            ?? throw new HookException($"the task has no certificate: neither {Name} nor {Name}{FileSuffix} is set");
        var (keyPem, keySource) = Text(environment, KeyName) ?? (pem, source);
        learn(keyPem);
        var all = Certificates(pem, source);
        var identity = new Identity(WithKey(all[0], pem, source, keyPem, keySource), [.. all.Skip(1)]);
        try
        {
            identity.Check(authorities, time);
            return identity;
        }
        catch
        {
            identity.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Certificate.Dispose();
        foreach (var issuer in Chain) issuer.Dispose();
    }

    private static (string Pem, string Source)? Text(IReadOnlyDictionary<string, string> environment, string name)
    {
        if (environment.GetValueOrDefault(name) is { Length: > 0 } text) return (text, name);
        if (environment.GetValueOrDefault(name + FileSuffix) is not { Length: > 0 } file) return null;
        var source = $"{name}{FileSuffix} \"{file}\"";
        using var content = new Cleared(BoundedFile.Read(file, LongestFile, source));
        return (Encoding.UTF8.GetString(content.Bytes), source);
    }

    private static X509Certificate2Collection Certificates(string pem, string source)
    {
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new HookException($"{source} holds a CERTIFICATE block that is no certificate: accepted is PEM", e);
        }

        return all.Count > 0 ? all : throw new HookException($"{source} holds no certificate: accepted is PEM, BEGIN CERTIFICATE");
    }

    /// <summary>The platform's exceptions say no more than that it was not possible; a key's text is in none of ours.</summary>
    private static X509Certificate2 WithKey(X509Certificate2 certificate, string pem, string source, string keyPem, string keySource)
    {
        if (!keyPem.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            throw new HookException($"{keySource} holds no private key: accepted is PEM, of PKCS#8, PKCS#1 or SEC1, without a password");
        using (certificate)
        {
            try
            {
                if (certificate.GetKeyAlgorithm() is CmsOids.Rsa or EcKey) return X509Certificate2.CreateFromPem(pem, keyPem);
            }
            catch (Exception e) when (e is CryptographicException or ArgumentException or PlatformNotSupportedException)
            {
                // Said below; the last is a curve that nobody here knows.
            }
        }

        throw new HookException($"the key of {keySource} cannot be read, or is not that of the certificate of {source}: accepted is the RSA or EC key in PEM, of PKCS#8, PKCS#1 or SEC1, without a password");
    }

    private void Check(X509Certificate2Collection? authorities, TimeProvider time)
    {
        var now = time.GetUtcNow();
        if (now < NotBefore) throw new HookException($"the task's certificate is valid only from {Shown(NotBefore)}");
        if (now >= NotAfter) throw new HookException($"the task's certificate has expired: it was valid until {Shown(NotAfter)}");
        if (authorities is null) return;
        using var chain = new X509Chain { ChainPolicy = TlsTrust.Policy(authorities) };
        chain.ChainPolicy.ExtraStore.AddRange(Chain);
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        if (chain.Build(Certificate)) return;
        throw new HookException(
            $"the task's certificate, {Certificate.Subject} of {Certificate.Issuer}, is from none of {SecretSettings.CaBundle.Name}: {TlsTrust.Reasons(chain)}");
    }

    public DateTimeOffset NotAfter => Certificate.NotAfter.ToUniversalTime();

    private DateTimeOffset NotBefore => Certificate.NotBefore.ToUniversalTime();

    public static string Shown(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
