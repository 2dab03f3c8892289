using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Executor.Control.Secrets;

/// <summary>Certificates and keys as people keep them.</summary>
internal static class PemFiles
{
    /// <exception cref="UsageException">It cannot be read.</exception>
    public static string Text(string option, string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{option}: {file} cannot be read: {e.Message}; accepted: a PEM file");
        }
    }

    /// <exception cref="UsageException">There is none in it.</exception>
    public static X509Certificate2 Certificate(string option, string file) =>
        Load(option, file, "a PEM file with a certificate", pem => X509Certificate2.CreateFromPem(pem));

    /// <param name="keyFile">Null is the same file.</param>
    /// <exception cref="UsageException">There is none, or the key is another's.</exception>
    public static X509Certificate2 WithKey(string option, string file, string? keyFile) =>
        Load(option, file, "a PEM file with a certificate, and its key there or in --signer-key", pem =>
            X509Certificate2.CreateFromPem(pem, keyFile is null ? pem : Text("--signer-key", keyFile)));

    private static X509Certificate2 Load(string option, string file, string accepted, Func<string, X509Certificate2> load)
    {
        var pem = Text(option, file);
        try
        {
            return load(pem);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new UsageException($"{option}: '{file}' is not accepted; accepted: {accepted}");
        }
    }
}
