using System.Text;
using Executor.Core.Secrets.Documents;
using Executor.Core.Tests.Secrets.Documents;
using Executor.Fuzz.Tests.Engine;
using Microsoft.Extensions.Time.Testing;

namespace Executor.Fuzz.Tests.Targets;

/// <summary>
/// CMS and JWE, for keys of RSA and EC, with and without signers, alone and as values in a text: they open or there is one
/// line, which holds nothing of what is in them.
/// </summary>
internal sealed class DocumentTarget : FuzzTarget
{
    private const string Plaintext = """{"DB_PASSWORD":"correct horse"}""";

    private static readonly FakeTimeProvider Time = new(Identity.Now);
    private static readonly Identity Rsa = Identity.OfRsa("CN=rsa");
    private static readonly Identity Ec = Identity.OfEc("CN=ec");

    private readonly DocumentKey[] _keys = [Rsa.Key(), Ec.Key()];
    private readonly DocumentSigners _signers = Ec.AsSigners();

    public override IEnumerable<byte[]> Seeds
    {
        get
        {
            var cms = DocumentSealer.Seal(DocumentFormat.Cms, Bytes(Plaintext), Rsa.Certificate);
            yield return cms;
            yield return DocumentSealer.Seal(DocumentFormat.Jwe, Bytes(Plaintext), Rsa.Certificate);
            yield return DocumentSealer.Seal(DocumentFormat.Jwe, Bytes(Plaintext), Ec.Certificate);
            yield return DocumentSealer.Seal(DocumentFormat.Jwe, Bytes(Plaintext), Rsa.Certificate, Ec.Certificate);
            yield return Ec.Sign(Bytes(Plaintext));
            yield return Ec.Sign(cms);
            yield return Bytes($"-----BEGIN CMS-----\n{Convert.ToBase64String(cms, Base64FormattingOptions.InsertLineBreaks)}\n-----END CMS-----\n");
            yield return Bytes($"MIME-Version: 1.0\nContent-Type: application/pkcs7-mime\nContent-Transfer-Encoding: base64\n\n{Convert.ToBase64String(cms)}\n");
            yield return Bytes($"a ENC[CMS,{Convert.ToBase64String(cms)}] b ENC[JWE,{Encoding.ASCII.GetString(DocumentSealer.Seal(DocumentFormat.Jwe, Bytes("x"), Ec.Certificate))}]");
        }
    }

    public override IReadOnlyList<string> Words =>
    [
        "ENC[CMS,", "ENC[JWE,", "]", "-----BEGIN CMS-----", "-----END CMS-----", "\"protected\":", "\"recipients\":", "\"encrypted_key\":", "\"ciphertext\":", "\"header\":", "\"alg\":",
        "\"enc\":", "\"epk\":", "\"crit\":", "\"zip\":\"DEF\"", "RSA-OAEP-256", "RSA-OAEP", "RSA1_5", "ECDH-ES", "ECDH-ES+A256KW", "A256GCM", "A128CBC-HS256", "dir", "eyJ", "\"\\ud800\"",
        "\u0030\u0080", "0\u0082", "....",
    ];

    public override void Check(ReadOnlyMemory<byte> input)
    {
        foreach (var key in _keys)
        {
            Try(() => new DocumentOpener(key, null, Time).Open(input));
            Try(() => new SealedValues(key, Time).Open(Encoding.UTF8.GetString(input.Span)));
        }

        Try(() => new DocumentOpener(_keys[0], _signers, Time).Open(input));
        Try(() => new DocumentOpener(null, null, Time).Open(input));
        Try(() => DocumentOpener.IsPlain(input));
    }

    private static void Try(Func<object> open)
    {
        try
        {
            _ = open();
        }
        catch (DocumentException e)
        {
            AssertOneLine(e.Message);
            AssertThat(!e.Message.Contains("correct", StringComparison.Ordinal), $"an error holds what was in the document: {e.Message}");
        }
    }
}
