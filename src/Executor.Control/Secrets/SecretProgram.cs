using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Executor.Control.CommandLine;
using Executor.Core.Hooks;
using Executor.Core.Secrets;
using Executor.Core.Secrets.Documents;

namespace Executor.Control.Secrets;

/// <summary>
/// <c>executorctl encrypt</c>, <c>decrypt</c> and <c>show-config</c>: what people need who write configuration. Plaintext
/// comes from stdin or a file, never from the command line, where everybody on the host could read it.
/// </summary>
/// <param name="environment">This process's.</param>
internal sealed class SecretProgram(
    IReadOnlyDictionary<string, string> environment, Stream input, Stream output, TextWriter error, TimeProvider time)
{
    private const int Failed = 1;

    /// <returns>The exit code.</returns>
    /// <exception cref="UsageException">Something that was given cannot be used.</exception>
    public async Task<int> RunAsync(SecretOptions options)
    {
        try
        {
            var result = options switch
            {
                EncryptOptions encrypt => Encrypt(encrypt),
                DecryptOptions decrypt => Decrypt(decrypt),
                ShowConfigOptions show => Encoding.UTF8.GetBytes(await new ConfigListing(show, environment, time).WriteAsync()),
                _ => throw new ArgumentOutOfRangeException(nameof(options)),
            };
            await output.WriteAsync(result);
            CryptographicOperations.ZeroMemory(result);
            return 0;
        }
        catch (Exception e) when (e is DocumentException or HookException)
        {
            await error.WriteLineAsync($"executorctl: {e.Message}");
            return Failed;
        }
        catch (InvalidTaskException e)
        {
            throw new UsageException(e.Message);
        }
    }

    private byte[] Encrypt(EncryptOptions options)
    {
        if (options.Signer is null && options.SignerKey is not null)
            throw new UsageException("--signer-key is accepted with --signer only");
        X509Certificate2[] recipients = [.. options.For.Select(file => PemFiles.Certificate("--for", file))];
        if (!options.IsDocument && (recipients.Length > 1 || options.Signer is not null))
            throw new UsageException("--for more than once, and --signer, are accepted with --document only: a value is for one certificate, and unsigned");
        var format = options.Format ?? DocumentSealer.FormatFor(recipients);
        var plaintext = Read(options.Input);
        if (options.IsDocument) ConfigurationDocument.Parse(plaintext);
        else plaintext = Value(plaintext);
        var document = DocumentSealer.Seal(format, plaintext, recipients);
        if (!options.IsDocument) return Line(SealedValues.Write(format, document));
        if (options.Signer is { } signer)
        {
            document = DocumentSealer.Sign(document, PemFiles.WithKey("--signer", signer, options.SignerKey));
            format = DocumentFormat.Cms;
        }

        return format == DocumentFormat.Cms ? Line(PemEncoding.WriteString("CMS", document)) : Line(Encoding.UTF8.GetString(document));
    }

    private byte[] Decrypt(DecryptOptions options)
    {
        var keyPem = PemFiles.Text("--key", options.Key);
        var certificatePem = options.Certificate is { } file ? PemFiles.Text("--certificate", file)
            : keyPem.Contains("BEGIN CERTIFICATE", StringComparison.Ordinal) ? keyPem : null;
        using var key = DocumentKey.FromPem(certificatePem, keyPem);
        var signers = options.Signers is { } bundle ? DocumentSigners.FromPem(PemFiles.Text("--signers", bundle)) : null;
        var content = Read(options.Input);
        var text = Encoding.UTF8.GetString(content);
        if (SealedValues.IsIn(text) && signers is null) return Encoding.UTF8.GetBytes(new SealedValues(key, time).Open(text));
        return DocumentOpener.IsPlain(content)
            ? throw new DocumentException("nothing in the input is encrypted: accepted are a document of CMS or JWE, and a text with ENC[CMS,base64] or ENC[JWE,compact]")
            : new DocumentOpener(key, signers, time).Open(content);
    }

    private byte[] Read(string? file)
    {
        try
        {
            using var source = file is null or "-" ? input : File.OpenRead(file);
            var content = new byte[DocumentOpener.Limit + 1];
            var length = source.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            return length <= DocumentOpener.Limit
                ? content[..length]
                : throw new UsageException($"{file ?? "stdin"} has more than {DocumentOpener.Limit} bytes; accepted: at most that many");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{file ?? "stdin"} cannot be read: {e.Message}; accepted: INPUT, a file, or - for stdin");
        }
    }

    /// <summary>An editor, or <c>echo</c>, ends a value with a newline that nobody means.</summary>
    private static byte[] Value(byte[] input) => input.Contains((byte)0)
        ? throw new UsageException("the value holds a NUL; accepted: what can be a variable's value, UTF-8 without NUL")
        : input is [.. var start, (byte)'\n'] ? start : input;

    private static byte[] Line(string text) => Encoding.UTF8.GetBytes($"{text}\n");
}
