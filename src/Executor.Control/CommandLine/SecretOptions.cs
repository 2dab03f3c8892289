using Executor.Core.Secrets.Documents;

namespace Executor.Control.CommandLine;

/// <summary>What one of <c>executorctl encrypt</c>, <c>decrypt</c> and <c>show-config</c> was asked to do. Null is what was not given.</summary>
internal abstract record SecretOptions;

/// <param name="Input">A file; null and <c>-</c> are stdin.</param>
/// <param name="For">Files with the certificates of those who are to open it.</param>
/// <param name="IsDocument">A whole configuration, and not one value.</param>
/// <param name="Signer">A file with a signer's certificate, and with its key where <paramref name="SignerKey"/> is null.</param>
internal sealed record EncryptOptions(
    string? Input, IReadOnlyList<string> For, DocumentFormat? Format, bool IsDocument, string? Signer, string? SignerKey) : SecretOptions;

/// <param name="Key">A file with the key, and with its certificate where <paramref name="Certificate"/> is null.</param>
internal sealed record DecryptOptions(string? Input, string Key, string? Certificate, string? Signers) : SecretOptions;

internal sealed record ShowConfigOptions : SecretOptions
{
    public required string App { get; init; }

    public string? Certificate { get; init; }

    public string? Key { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Env { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];

    /// <summary>Whether values are shown.</summary>
    public bool Reveal { get; init; }
}
