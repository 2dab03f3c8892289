using System.Globalization;
using System.Text;
using Executor.Core.Secrets.Documents;

namespace Executor.Core.Tests.Secrets.Documents;

/// <summary>CMS as openssl makes and opens it.</summary>
internal sealed class CmsTests : DocumentTests
{
    [Test]
    public async Task What_openssl_encrypts_opens(
        [Values("-aes128", "-aes192", "-aes256")] string cipher,
        [Values("", "-keyopt rsa_padding_mode:oaep", "-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256")] string padding)
    {
        var document = await OpensslAsync($"{cipher} -outform DER -recip app.crt {padding}", recipient: "");

        Assert.That(Open(document), Is.EqualTo(Plaintext));
    }

    [TestCase("-outform DER")]
    [TestCase("-outform DER -stream")]
    [TestCase("-outform PEM")]
    [TestCase("-outform PEM -stream")]
    [TestCase("-outform SMIME")]
    [TestCase("")]
    [TestCase("-stream -crlfeol")]
    [TestCase("-to a@example.org -from b@example.org -subject settings")]
    [TestCase("-keyid -outform DER")]
    public async Task What_openssl_writes_is_recognised(string form) =>
        Assert.That(Open(await OpensslAsync($"-aes256 {form}")), Is.EqualTo(Plaintext));

    [TestCase("base64")]
    [TestCase("base64 -w0")]
    [TestCase("openssl base64 -e")]
    public async Task Base64_is_recognised(string encoder)
    {
        await OpensslAsync("-aes256 -outform DER");
        var document = await RunAsync($"{encoder} < out > text; mv text out");

        Assert.That(Open(document), Is.EqualTo(Plaintext));
    }

    [TestCase("CMS")]
    [TestCase("PKCS7")]
    public async Task PEM_may_have_either_label(string label)
    {
        var pem = Encoding.ASCII.GetString(await OpensslAsync("-aes256 -outform PEM")).Replace(" CMS", $" {label}", StringComparison.Ordinal);

        Assert.That(Open(Bytes(pem)), Is.EqualTo(Plaintext));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(200_000)]
    public async Task A_plaintext_of_any_length_opens_from_a_stream(int length)
    {
        Put("app", Rsa);
        Put("plain", new string('x', length));
        var document = await RunAsync("openssl cms -encrypt -binary -stream -aes256 -outform DER -in plain -out out app.crt");

        Assert.That(Open(document), Is.EqualTo(new string('x', length)));
    }

    [Test]
    public async Task Any_of_several_recipients_opens_it()
    {
        var other = Identity.OfRsa("CN=other");
        Put("other", other);
        Put("ec", Identity.OfEc("CN=ec"));
        var document = await OpensslAsync("-aes256 -outform DER other.crt ec.crt");

        Assert.That((Open(document), Open(document, other)), Is.EqualTo((Plaintext, Plaintext)));
    }

    [TestCase("-outform DER")]
    [TestCase("-outform DER -keyid")]
    public async Task A_renewed_certificate_and_a_bare_key_open_it(string options)
    {
        var document = await OpensslAsync($"-aes256 {options}");
        using var bare = DocumentKey.FromPem(null, Rsa.KeyPem);

        Assert.That(Open(document, Rsa.Renew()), Is.EqualTo(Plaintext));
        Assert.That(Encoding.UTF8.GetString(new DocumentOpener(bare, null, Time).Open(document)), Is.EqualTo(Plaintext));
    }

    [Test]
    public async Task What_is_sealed_here_openssl_opens([Values(0, 1, 16, 100_000)] int length)
    {
        var other = Identity.OfRsa("CN=other");
        Put("other", other);
        Put("sealed", DocumentSealer.Seal(DocumentFormat.Cms, Bytes(new string('x', length)), Rsa.Certificate, other.Certificate));

        var opened = await RunAsync("openssl cms -decrypt -binary -inform DER -in sealed -recip other.crt -inkey other.key -out out");

        Assert.That(Encoding.ASCII.GetString(opened), Is.EqualTo(new string('x', length)));
    }

    [TestCase("-des3", "encrypted with 3DES-CBC: accepted are AES-128-CBC, AES-192-CBC and AES-256-CBC")]
    [TestCase("-aes-256-gcm", "holds authenticated enveloped data: accepted are enveloped data and signed data")]
    [TestCase("-aes256 -recip app.crt -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha512", "encrypted with RSA-OAEP with SHA-512: accepted are RSA PKCS", "")]
    [TestCase("-aes256 -recip app.crt -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256 -keyopt rsa_mgf1_md:sha1", "RSA-OAEP with other parameters: accepted are", "")]
    public async Task Another_algorithm_is_refused_by_name(string options, string error, string recipient = "app.crt")
    {
        var document = await OpensslAsync($"-outform DER {options}", recipient);

        AssertRefused(document, error);
    }

    [Test]
    public async Task An_EC_recipient_and_an_EC_key_are_told_of_JWE()
    {
        var ec = Identity.OfEc("CN=ec");
        Put("ec", ec);
        var forRsa = await OpensslAsync("-aes256 -outform DER");
        var forEc = await RunAsync("openssl cms -encrypt -binary -aes256 -in plain -outform DER -out out ec.crt");

        AssertRefused(forRsa, "our key is an EC key: CMS is opened with RSA keys only, use JWE for EC keys$", ec);
        AssertRefused(forEc, "no RSA recipient: .*; use JWE for EC keys$");
        Assert.That(
            ErrorOf(() => $"{DocumentSealer.Seal(DocumentFormat.Cms, Bytes(Plaintext), ec.Certificate)}"),
            Is.EqualTo("the certificate of CN=ec has no RSA key: CMS is made for RSA keys only, use JWE for EC keys"));
    }

    [Test]
    public async Task Another_recipient_is_named_beside_ours()
    {
        var other = Identity.OfRsa("CN=other");
        var document = await OpensslAsync("-aes256 -outform DER");

        AssertRefused(
            document,
            $"^the CMS document does not open with our key: it was made for serial 0*{Rsa.Certificate.SerialNumber.TrimStart('0')} of CN=app; ours is serial {other.Certificate.SerialNumber} of CN=other$",
            other);
    }

    [Test]
    public async Task Without_a_key_it_says_so()
    {
        var document = await OpensslAsync("-aes256 -outform DER");

        Assert.That(
            () => new DocumentOpener(null, null, Time).Open(document),
            Throws.TypeOf<DocumentException>().With.Message.EqualTo("the CMS document is encrypted, and there is no key to open it with"));
    }

    [TestCase("-outform DER")]
    [TestCase("-outform DER -stream")]
    [TestCase("-outform PEM")]
    [TestCase("")]
    public async Task Cut_off_anywhere_it_is_an_error(string form)
    {
        var document = await OpensslAsync($"-aes128 {form}");

        AssertCutOff(document, start: form == "" ? 13 : form == "-outform PEM" ? 19 : 2);
    }

    [Test]
    public async Task Base64_cut_off_anywhere_is_an_error()
    {
        var document = Bytes(Convert.ToBase64String(await OpensslAsync("-aes128 -outform DER")));

        AssertCutOff(document, start: 4);
    }

    [Test]
    public async Task Damage_anywhere_is_an_error_or_no_plaintext()
    {
        var document = await OpensslAsync("-aes128 -outform DER");
        using var key = Rsa.Key();
        var opener = new DocumentOpener(key, null, Time);
        for (var i = 0; i < document.Length; i++)
        {
            foreach (var mask in new byte[] { 0x01, 0x80, 0xFF })
            {
                var damaged = document.ToArray();
                damaged[i] ^= mask;
                try
                {
                    // Enveloped data proves nothing: what opens to something else shows where that is read.
                    _ = opener.Open(damaged);
                }
                catch (DocumentException)
                {
                }
            }
        }

        document[^17] ^= 0x80; // a byte of the padding
        AssertRefused(document, "^the CMS document was made for our certificate, and does not open: it is damaged or cut off$");
    }

    [TestCase("-aes128 -outform DER")]
    [TestCase("-aes128 -outform PEM")]
    public async Task Nothing_may_follow(string options)
    {
        var document = await OpensslAsync(options);

        AssertRefused([.. document, 1, 2], "behind the (end|PEM block) of the CMS document");
    }

    [Test]
    public void Hostile_ASN1_ends_soon_in_one_error()
    {
        byte[] header = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x03];
        var half = DocumentOpener.Limit / 2;
        byte[][] documents =
        [
            [0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF, .. header],
            [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, .. header],
            [0x30, 0x88, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, .. header],
            [0x30, 0x80, .. header, 0xA0, 0x80],
            [0x30, 0x80],
            Repeat([0x30, 0x80], half),
            [.. Repeat([0x30, 0x80], half / 2), .. Repeat([0x00, 0x00], half / 2)],
            [0x30, 0x80, .. header, 0xA0, 0x80, .. Repeat([0x30, 0x80], half - 64)],
            [0x30, 0x80, .. header, 0xA0, 0x80, .. Repeat([0x24, 0x80], (half / 2) - 64), .. Repeat([0x00, 0x00], (half / 2) - 64), 0, 0, 0, 0],
            [0x30, 0x83, 0x0F, 0xF0, 0x05, 0x06, 0x83, 0x0F, 0xF0, 0x00, .. Repeat([0x81], 0x0FEFFF), 0x01],
            new byte[DocumentOpener.Limit].Select((_, i) => i == 0 ? (byte)0x30 : (byte)0x84).ToArray(),
        ];

        foreach (var document in documents)
            AssertRefused(document[..Math.Min(document.Length, DocumentOpener.Limit)], "the CMS document|the document");
    }

    [TestCase(1024 * 1024, "begins as a JSON object")]
    [TestCase((1024 * 1024) + 1, "^the document has 1048577 bytes: accepted are at most 1048576$")]
    public void More_than_the_limit_is_refused(int size, string error) => AssertRefused(Bytes("{".PadRight(size, ' ')), error);

    [TestCase("""{"A":"b"}""")]
    [TestCase("""{"ciphertext":"b"}""")]
    [TestCase("""{"protected":"b","recipients":[]}""")]
    [TestCase("plain text")]
    [TestCase("")]
    [TestCase("MIDAS")]
    [TestCase("Header: value\n\nbody")]
    [TestCase("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")]
    public void What_is_no_document_is_returned_as_it_is(string text) => Assert.That(Open(Bytes(text)), Is.EqualTo(text));

    [Test]
    public void Layers_open_up_to_four_of_them()
    {
        var document = Bytes(Plaintext);
        for (var layers = 1; layers <= 5; layers++)
        {
            document = DocumentSealer.Seal(layers % 2 == 0 ? DocumentFormat.Jwe : DocumentFormat.Cms, document, Rsa.Certificate);
            if (layers == 4) Assert.That(Open(document), Is.EqualTo(Plaintext));
        }

        AssertRefused(document, "^the document has more than 4 layers$");
    }

    private static byte[] Repeat(byte[] pattern, int times) => Enumerable.Repeat(pattern, times).SelectMany(bytes => bytes).ToArray();

    private static void AssertCutOff(byte[] document, int start)
    {
        using var key = Rsa.Key();
        var opener = new DocumentOpener(key, null, Time);
        var end = Encoding.Latin1.GetString(document).TrimEnd('\n', '\r').Length; // white space at the end of a text is nothing
        for (var length = start; length < end; length++)
        {
            var cut = document[..length];
            Assert.That(
                () => opener.Open(cut),
                Throws.TypeOf<DocumentException>().With.Message.Not.Contains("correct horse"),
                length.ToString(CultureInfo.InvariantCulture));
        }
    }
}
