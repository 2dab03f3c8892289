namespace Executor.Core.Secrets.Documents;

/// <summary>The object identifiers of CMS that are known here, and those that are only worth a name in an error.</summary>
internal static class CmsOids
{
    public const string Data = "1.2.840.113549.1.7.1";
    public const string SignedData = "1.2.840.113549.1.7.2";
    public const string EnvelopedData = "1.2.840.113549.1.7.3";
    public const string Rsa = "1.2.840.113549.1.1.1";
    public const string RsaOaep = "1.2.840.113549.1.1.7";
    public const string Mgf1 = "1.2.840.113549.1.1.8";
    public const string RsaPss = "1.2.840.113549.1.1.10";
    public const string Sha1 = "1.3.14.3.2.26";
    public const string Sha256 = "2.16.840.1.101.3.4.2.1";
    public const string Sha384 = "2.16.840.1.101.3.4.2.2";
    public const string Sha512 = "2.16.840.1.101.3.4.2.3";
    public const string Aes128Cbc = "2.16.840.1.101.3.4.1.2";
    public const string Aes192Cbc = "2.16.840.1.101.3.4.1.22";
    public const string Aes256Cbc = "2.16.840.1.101.3.4.1.42";

    private static readonly Dictionary<string, string> Names = new()
    {
        [Data] = "data",
        [SignedData] = "signed data",
        [EnvelopedData] = "enveloped data",
        ["1.2.840.113549.1.7.5"] = "digested data",
        ["1.2.840.113549.1.7.6"] = "encrypted data",
        ["1.2.840.113549.1.9.16.1.9"] = "compressed data",
        ["1.2.840.113549.1.9.16.1.23"] = "authenticated enveloped data",
        [Rsa] = "RSA",
        [RsaOaep] = "RSA-OAEP",
        [Sha1] = "SHA-1",
        [Sha256] = "SHA-256",
        [Sha384] = "SHA-384",
        [Sha512] = "SHA-512",
        ["1.2.840.113549.2.5"] = "MD5",
        ["1.2.840.113549.3.2"] = "RC2-CBC",
        ["1.2.840.113549.3.7"] = "3DES-CBC",
        ["1.3.14.3.2.7"] = "DES-CBC",
    };

    /// <summary>For a message; the number itself where it has no name here.</summary>
    public static string Name(string? oid) => oid is not null && Names.TryGetValue(oid, out var name) ? name : DocumentException.Shown(oid ?? "none");
}
