using System.Security.Cryptography;

namespace Executor.Core.Secrets.Documents;

/// <summary>Opens a JWE: finds the recipient that our key fits, and with it the content's key (RFC 7516, 5.2).</summary>
internal static class Jwe
{
    /// <summary>How many recipients are tried; each costs an operation with the private key.</summary>
    private const int MostAttempts = 16;

    public static byte[] Open(JweDocument jwe, DocumentKey? key)
    {
        if (key is null) throw new DocumentException("the JWE is encrypted, and there is no key to open it with");
        var accepted = jwe.Recipients.Where(recipient => JweKeys.IsAccepted(recipient.Header.Algorithm)).ToList();
        if (accepted.Count == 0)
            throw new DocumentException($"the key of the JWE is encrypted with {Named(jwe.Recipients is [var first, ..] ? first.Header.Algorithm : null)}: {JweKeys.Accepted}");
        if (accepted.Find(recipient => !JweContent.IsAccepted(recipient.Header.Encryption)) is { } refused)
            throw new DocumentException($"the JWE is encrypted with {Named(refused.Header.Encryption)}: {JweContent.Accepted}");

        var fitting = accepted.Where(recipient => JweKeys.Fits(recipient.Header, key))
            .OrderByDescending(recipient => recipient.Header.KeyId == key.Thumbprint)
            .ToList();
        foreach (var recipient in fitting.Take(MostAttempts))
        {
            var contentKey = JweKeys.Unwrap(recipient, key);
            if (contentKey is null) continue;
            try
            {
                if (JweContent.Decrypt(recipient.Header.Encryption!, contentKey, jwe) is { } plaintext) return plaintext;
            }
            finally
            {
                CryptographicOperations.ZeroMemory(contentKey);
            }
        }

        // Damaged and made for another key are told apart by who it was made for, never by what failed.
        throw new DocumentException(fitting.Exists(recipient => recipient.Header.KeyId == key.Thumbprint)
            ? "the JWE was made for our key, and does not open: it is damaged"
            : $"the JWE does not open with our key, or is damaged: it was made for {Names(accepted)}; ours is {Name(key)}");
    }

    private static string Names(List<JweRecipient> recipients)
    {
        var names = string.Join(", ", recipients.Take(3).Select(recipient =>
            $"{(recipient.Header.KeyId is { } id ? $"kid {DocumentException.Shown(id)}" : "a key without kid")} ({recipient.Header.Algorithm})"));
        return recipients.Count > 3 ? $"{names} and {recipients.Count - 3} more" : names;
    }

    private static string Name(DocumentKey key) => key.Rsa is null
        ? $"an EC key of {EcCurve.Of(key.Ec!.PublicKey.ExportParameters().Curve)?.Name ?? $"another curve than {EcCurve.Accepted}"} with kid {key.Thumbprint}"
        : $"an RSA key with kid {key.Thumbprint}";

    private static string Named(string? algorithm) => algorithm is null ? "nothing that it names" : DocumentException.Shown(algorithm);
}
